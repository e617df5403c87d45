//! The dispatcher's verbs, as a program uses them whose truth is a database.

use std::time::{Duration, Instant};

use rq_wire::worker::{Beat, Registration};
use rq_wire::{Announced, Announcement, Call, JobId, NewJob, Serializer, Settled, Status, Value};

use crate::support::python::Version;
use crate::support::redis::Server;

fn announcement(id: &str) -> Announcement {
    let job = NewJob::new("ingest", Call::new("jobs.add").arg(1)).serializer(Serializer::Json);
    Announcement::of(&job.id(JobId::new(id).unwrap())).unwrap()
}

fn queues() -> Vec<String> {
    vec!["review".to_owned(), "ingest".to_owned()]
}

#[tokio::test(flavor = "multi_thread")]
async fn announcing_is_idempotent_wherever_the_job_is() {
    let server = Server::start().await;
    let rq = &server.rq;
    let job = announcement("a");
    assert_eq!(rq.announce(&job).await.unwrap(), Announced::Pushed);
    assert_eq!(rq.announce(&job).await.unwrap(), Announced::Waiting);
    let other = announcement("b");
    assert_eq!(rq.announce_many(&[other, job.clone()]).await.unwrap(), [Announced::Pushed, Announced::Waiting]);
    assert_eq!(rq.waiting_ids("ingest").await.unwrap(), ["a", "b"]);

    // In transit, where a stock worker holds it for a moment.
    server.run::<()>("LMOVE rq:queue:ingest rq:queue:ingest:intermediate LEFT RIGHT").await;
    assert_eq!(rq.announce(&job).await.unwrap(), Announced::Waiting);
    server.run::<()>("LMOVE rq:queue:ingest:intermediate rq:queue:ingest LEFT LEFT").await;

    let claim = rq.pop("w", &queues()).await.unwrap().expect("the job");
    assert_eq!((claim.id(), claim.queue.as_str(), claim.job.status), ("a", "ingest", Some(Status::Queued)));
    assert_eq!(claim.job.call().unwrap().0.function, "jobs.add");
    assert_eq!(rq.announce(&job).await.unwrap(), Announced::Running);
    let end = claim.finished(&Value::Int(7), Serializer::Json);
    assert_eq!(rq.settle("w", std::slice::from_ref(&end)).await.unwrap(), [Settled::Done]);
    assert_eq!(rq.settle("w", &[end]).await.unwrap(), [Settled::Lost], "a repeated settlement does nothing");

    // The row says it is to run once more.
    assert_eq!(rq.announce(&job).await.unwrap(), Announced::Pushed);
    assert_eq!(server.run::<i64>("ZCARD rq:finished:ingest").await, 0);
    assert_eq!(server.run::<i64>("TTL rq:job:a").await, -1);
    // A push that got lost.
    server.run::<()>("DEL rq:queue:ingest").await;
    assert_eq!(rq.announce(&job).await.unwrap(), Announced::Pushed);
    assert_eq!(rq.waiting_ids("ingest").await.unwrap(), ["a"]);
    server.run::<()>("FLUSHALL").await;
    assert_eq!(rq.announce(&job).await.unwrap(), Announced::Pushed);
    server.run::<()>("SET rq:job:c x").await;
    assert_eq!(rq.announce(&announcement("c")).await.unwrap(), Announced::Pushed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_lease_is_over_can_be_announced_at_once() {
    let server = Server::start().await;
    let rq = server.rq.clone().with_lease(Duration::from_secs(1));
    rq.announce(&announcement("a")).await.unwrap();
    let dead = rq.pop("w1", &queues()).await.unwrap().expect("the job");
    assert_eq!(rq.announce(&announcement("a")).await.unwrap(), Announced::Running);
    crate::support::until("the lease is over", async || {
        rq.announce(&announcement("a")).await.unwrap() == Announced::Pushed
    })
    .await;
    assert_eq!(rq.waiting_ids("ingest").await.unwrap(), ["a"]);
    let alive = rq.pop("w2", &queues()).await.unwrap().expect("the job again");
    let ends = [dead.finished(&Value::Int(1), Serializer::Json), alive.finished(&Value::Int(2), Serializer::Json)];
    assert_eq!(rq.settle("w", &ends).await.unwrap(), [Settled::Lost, Settled::Done]);
    assert_eq!(rq.latest_result("a").await.unwrap().unwrap().return_value, Ok(Value::Int(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_cancels_is_not_announced_again() {
    let server = Server::start().await;
    let rq = &server.rq;
    rq.announce(&announcement("a")).await.unwrap();
    assert!(rq.cancel("a", false).await.unwrap());
    assert_eq!(rq.announce(&announcement("a")).await.unwrap(), Announced::Canceled);
    assert!(rq.waiting_ids("ingest").await.unwrap().is_empty());
    // The owner of the job says that it has ended, and later that it is to run once more.
    assert_eq!(rq.mark_canceled("ingest", "a").await.unwrap(), Settled::Done);
    assert_eq!(rq.announce(&announcement("a")).await.unwrap(), Announced::Pushed);
    // That it was canceled once counts for nothing after it has run.
    let claim = rq.pop("w", &queues()).await.unwrap().expect("the job");
    assert_eq!(rq.settle("w", &[claim.requeue(0)]).await.unwrap(), [Settled::Done]);
    assert!(rq.cancel("a", false).await.unwrap());
    assert_eq!(rq.announce(&announcement("a")).await.unwrap(), Announced::Canceled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_redis_forgot_while_it_runs_is_written_anew() {
    let server = Server::start().await;
    let rq = &server.rq;
    rq.announce(&announcement("a")).await.unwrap();
    let claim = rq.pop("w", &queues()).await.unwrap().expect("the job");
    assert!(rq.restore_started("w", &claim).await.unwrap().is_none(), "Redis knows it");
    server.run::<()>("FLUSHALL").await;
    let restored = rq.restore_started("w", &claim).await.unwrap().expect("a claim");
    let job = rq.job("a").await.unwrap().expect("the job");
    assert_eq!((job.status, &job.data, &job.origin), (Some(Status::Started), &claim.job.data, &claim.job.origin));
    assert_eq!(rq.announce(&announcement("a")).await.unwrap(), Announced::Running);
    let ends = [claim.finished(&Value::Int(1), Serializer::Json), restored.finished(&Value::Int(2), Serializer::Json)];
    assert_eq!(rq.settle("w", &ends).await.unwrap(), [Settled::Lost, Settled::Done]);
    assert_eq!(rq.latest_result("a").await.unwrap().unwrap().return_value, Ok(Value::Int(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_announcements_take_one_push_each() {
    let server = Server::start().await;
    let all: Vec<_> = (0..10_000).map(|n| announcement(&format!("job-{n}"))).collect();
    let replies = server.rq.announce_many(&all).await.unwrap();
    assert!(replies.iter().all(|reply| *reply == Announced::Pushed) && replies.len() == all.len());
    let begin = Instant::now();
    let replies = server.rq.announce_many(&all).await.unwrap();
    assert!(replies.iter().all(|reply| *reply == Announced::Waiting) && replies.len() == all.len());
    assert!(begin.elapsed() < Duration::from_secs(20), "announcing again took {:?}", begin.elapsed());
    let waiting = server.rq.waiting_ids("ingest").await.unwrap();
    assert_eq!((waiting.len(), waiting[0].as_str(), waiting[9_999].as_str()), (10_000, "job-0", "job-9999"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_can_be_recorded_without_a_claim() {
    let server = Server::start().await;
    let rq = &server.rq;
    for id in ["finished", "failed", "canceled", "dropped", "later", "started"] {
        rq.announce(&announcement(id)).await.unwrap();
    }
    assert_eq!(
        rq.mark_finished("ingest", "finished", &Value::Int(5), Serializer::Json, 100).await.unwrap(),
        Settled::Done
    );
    assert_eq!(rq.mark_failed("ingest", "failed", "too bad", 100).await.unwrap(), Settled::Done);
    assert_eq!(rq.mark_canceled("ingest", "canceled").await.unwrap(), Settled::Done);
    assert_eq!(rq.mark_requeued("ingest", "later", 100).await.unwrap(), Settled::Done);
    assert!(rq.drop_job("dropped").await.unwrap());
    assert!(!rq.drop_job("dropped").await.unwrap());
    assert_eq!(
        rq.mark_finished("ingest", "dropped", &Value::None, Serializer::Json, 100).await.unwrap(),
        Settled::Deleted
    );
    let claim = rq.mark_started("w", "ingest", "started").await.unwrap().expect("a claim");
    assert_eq!(rq.mark_started("w", "ingest", "started").await.unwrap(), None);
    assert_eq!(rq.waiting_ids("ingest").await.unwrap(), Vec::<String>::new());
    let printed = Version::Three
        .python(
            &server,
            "queue = Queue('ingest', connection=connection, serializer=JSONSerializer)\n\
             print(queue.finished_job_registry.get_job_ids(), queue.failed_job_registry.get_job_ids(),\n\
             \x20   queue.canceled_job_registry.get_job_ids(), queue.scheduled_job_registry.get_job_ids(),\n\
             \x20   queue.started_job_registry.get_job_ids(), queue.fetch_job('finished').return_value(),\n\
             \x20   queue.fetch_job('failed').latest_result().exc_string)",
        )
        .await;
    assert_eq!(printed, "['finished'] ['failed'] ['canceled'] ['later'] ['started'] 5 too bad");
    assert_eq!(rq.settle("w", &[claim.failed("no")]).await.unwrap(), [Settled::Done]);
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_are_served_in_their_order_and_pops_do_not_overlap() {
    let server = Server::start().await;
    for n in 0..200 {
        let mut job = announcement(&format!("job-{n}"));
        if n % 2 == 0 {
            job.queue = "review".to_owned();
        }
        server.rq.announce(&job).await.unwrap();
    }
    let pops = (0..8).map(|worker| {
        let rq = server.rq.clone();
        tokio::spawn(async move {
            let mut claims = Vec::new();
            loop {
                let popped = rq.pop_many(&format!("w{worker}"), &queues(), 7).await.unwrap();
                if popped.claims.is_empty() {
                    return claims;
                }
                claims.extend(popped.claims);
            }
        })
    });
    let mut ids = Vec::new();
    for pop in pops.collect::<Vec<_>>() {
        let claims = pop.await.unwrap();
        let first_ingest = claims.iter().position(|claim| claim.queue == "ingest").unwrap_or(claims.len());
        assert!(claims[first_ingest..].iter().all(|claim| claim.queue == "ingest"), "review comes first");
        ids.extend(claims.into_iter().map(|claim| claim.job.id));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 200);
    assert_eq!(server.run::<i64>("LLEN rq:queue:ingest:intermediate").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_registered_renewed_and_taken_off() {
    let server = Server::start().await;
    let rq = &server.rq;
    let registration = Registration::new("w", queues());
    rq.register_worker(&registration).await.unwrap();
    assert!(matches!(rq.register_worker(&registration).await, Err(rq_wire::Error::WorkerAlive(_))));
    rq.announce(&announcement("a")).await.unwrap();
    let claim = rq.pop("w", &queues()).await.unwrap().expect("the job");
    let workers = rq.workers().await.unwrap();
    assert_eq!(workers[0].field("state"), Some("busy"));
    assert_eq!(workers[0].field("current_job"), Some("a"));
    assert_eq!(workers[0].executions, [format!("a:{}", claim.execution)]);

    let running = [
        ("ingest".to_owned(), "a".to_owned(), claim.execution.clone()),
        ("ingest".to_owned(), "b".to_owned(), "0".repeat(32)),
    ];
    server.run::<()>(&format!("DEL rq:execution:a:{}", claim.execution)).await;
    let heartbeat = rq.heartbeat("w", &running).await.unwrap();
    assert!(heartbeat.is_registered);
    assert_eq!(heartbeat.beats, [Beat::Alive, Beat::Lost]);
    assert_eq!(server.run::<i64>(&format!("HLEN rq:execution:a:{}", claim.execution)).await, 5);
    assert!(rq.cancel("a", false).await.unwrap());
    assert_eq!(rq.heartbeat("w", &running[..1]).await.unwrap().beats, [Beat::Canceled]);
    assert_eq!(rq.settle("w", &[claim.finished(&Value::None, Serializer::Json)]).await.unwrap(), [Settled::Canceled]);
    assert_eq!(rq.status("a").await.unwrap(), Some(Status::Canceled));

    server.run::<()>("DEL rq:workers rq:workers:ingest").await;
    rq.heartbeat("w", &[]).await.unwrap();
    assert_eq!(server.run::<Vec<String>>("SMEMBERS rq:workers:ingest").await, ["rq:worker:w"]);
    assert_eq!(rq.workers().await.unwrap().len(), 1);

    server.run::<()>("DEL rq:worker:w").await;
    assert!(!rq.heartbeat("w", &[]).await.unwrap().is_registered);
    assert_eq!(server.run::<i64>("EXISTS rq:worker:w").await, 0, "a heartbeat leaves no half hash");
    rq.refresh_worker(&registration).await.unwrap();
    rq.unregister_worker("w", &queues()).await.unwrap();
    assert_eq!(server.run::<i64>("SCARD rq:workers").await, 0);
    rq.register_worker(&registration).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefix_moves_every_key() {
    let server = Server::start().await;
    let keys = rq_wire::Keys::new("{app}:rq").unwrap();
    let rq = rq_wire::Rq::connect_with(&server.url(), keys).await.unwrap();
    rq.register_worker(&Registration::new("w", queues())).await.unwrap();
    rq.announce(&announcement("a")).await.unwrap();
    rq.enqueue(&NewJob::new("ingest", Call::new("f")).after([JobId::new("a").unwrap()])).await.unwrap();
    let claim = rq.pop("w", &queues()).await.unwrap().expect("the job");
    rq.settle("w", &[claim.finished(&Value::Int(1), Serializer::Json)]).await.unwrap();
    assert_eq!(rq.queue_len("ingest").await.unwrap(), 1);
    let keys: Vec<String> = server.run("KEYS *").await;
    assert!(keys.len() > 6 && keys.iter().all(|key| key.starts_with("{app}:rq:")), "{keys:?}");
}
