//! Malformed jobs: each would end a stock worker. Here the job fails with a message and the worker lives.

use rq_wire::{Call, JobId, NewJob, Status};

use crate::support::python::BOTH;
use crate::support::redis::Server;
use crate::support::{Live, until, worker};

const PILLS: &[(&str, &str, &[u8])] = &[
    ("digits", "created_at", b"2026-11-23T17:34:57.123456789Z"),
    ("offset", "enqueued_at", b"2026-11-23T17:34:57+00:00"),
    ("space", "started_at", b"2026-11-23 17:34:57Z"),
    ("epoch", "last_heartbeat", b"1795455272"),
    ("float", "timeout", b"180.0"),
    ("hour", "timeout", b"1h"),
    ("none", "result_ttl", b"None"),
    ("ttl", "failure_ttl", b"500.0"),
    ("wait", "ttl", b"1h"),
    ("status", "status", b"galloping"),
    ("parents", "dependency_ids", b"a,b"),
    ("intervals", "retry_intervals", b"10"),
    ("front", "enqueue_at_front", b""),
    ("callback", "failure_callback_timeout", b""),
    ("flag", "allow_dependency_failures", b"true"),
    ("text", "description", b"\xff\xfe"),
    ("origin", "origin", b"\xff\xfe"),
    ("data", "data", b"neither pickle nor json"),
    ("bomb", "data", b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94."),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_poison_pill_fails_its_job_and_no_worker() {
    let server = Server::start().await;
    for (id, field, value) in PILLS {
        let job = NewJob::new("default", Call::new("jobs.add").arg(1)).id(JobId::new(*id).unwrap());
        server.rq.enqueue(&job).await.unwrap();
        server.run_args::<(), &[u8]>(&[b"HSET", format!("rq:job:{id}").as_bytes(), field.as_bytes(), value]).await;
    }
    let live = Live::start(worker(&server, &["default"]));
    until("all failed", async || server.run::<i64>("ZCARD rq:failed:default").await == PILLS.len() as i64).await;
    for (id, field, _) in PILLS {
        assert_eq!(server.rq.status(id).await.unwrap(), Some(Status::Failed), "{id}");
        let error = server.rq.latest_result(id).await.unwrap().expect("a result").error;
        let expected = if *field == "data" { "DeserializationError" } else { *field };
        assert!(error.contains(expected), "{id}: {error}");
    }
    // The worker still works, and what it left no longer harms Python.
    server
        .rq
        .enqueue(&NewJob::new("default", Call::new("jobs.add").arg(1)).id(JobId::new("good").unwrap()))
        .await
        .unwrap();
    until("a good job ran", async || server.rq.status("good").await.unwrap() == Some(Status::Finished)).await;
    for version in BOTH {
        let script = format!(
            "ids = queue.failed_job_registry.get_job_ids()\n\
             jobs = [Job.fetch(id, connection=connection) for id in ids]\n\
             assert len(jobs) == {} and all(job.is_failed for job in jobs)\n\
             print('harmless')",
            PILLS.len()
        );
        assert_eq!(version.python(&server, &script).await, "harmless");
    }
    assert_eq!(live.stop().await.failed, PILLS.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_and_keys_that_cannot_be_jobs_are_dropped() {
    let server = Server::start().await;
    for id in ["a.b", "a:b", "ä", "gone"] {
        server.run::<()>(&format!("RPUSH rq:queue:default {id}")).await;
        server.run::<()>(&format!("HSET rq:job:{id} origin default status queued")).await;
    }
    server.run::<()>("RPUSH rq:queue:default text aside good").await;
    server.run::<()>("SET rq:job:text x").await;
    for id in ["aside", "good"] {
        let job = NewJob::new("elsewhere", Call::new("jobs.add").arg(1)).id(JobId::new(id).unwrap());
        server.rq.enqueue(&job).await.unwrap();
    }
    server.run::<()>("SET rq:executions:aside x").await;
    // In the list of running jobs, this makes Python's cleaner raise.
    server.run::<()>("ZADD rq:wip:default 1 a:b:c 9999999999 d:e:f").await;
    let live = Live::start(worker(&server, &["default"]));
    until("the good job ran", async || server.rq.status("good").await.unwrap() == Some(Status::Finished)).await;
    until("nothing is left", async || {
        server.run::<i64>("LLEN rq:queue:default").await == 0
            && server.run::<i64>("LLEN rq:queue:default:intermediate").await == 0
            && server.run::<i64>("ZCARD rq:wip:default").await == 0
    })
    .await;
    assert_eq!(server.rq.status("aside").await.unwrap(), Some(Status::Failed));
    let report = live.stop().await;
    assert_eq!((report.finished, report.failed, report.lost), (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_keys_turn_bad_while_it_runs_harms_nobody() {
    let server = Server::start().await;
    for id in ["victim", "good"] {
        let job = NewJob::new("default", Call::new("jobs.add").arg(1)).id(JobId::new(id).unwrap());
        server.rq.enqueue(&job).await.unwrap();
    }
    let popped = server.rq.pop_many("w", &["default".to_owned()], 2).await.unwrap();
    server.run::<()>("SET rq:results:victim x").await;
    let ends: Vec<_> = popped.claims.iter().map(|c| c.finished(&1.into(), rq_wire::Serializer::Json)).collect();
    let settled = server.rq.settle("w", &ends).await.unwrap();
    assert_eq!(settled, [rq_wire::Settled::Broken, rq_wire::Settled::Done]);
    assert_eq!(server.run::<i64>("ZCARD rq:wip:default").await, 0);
}
