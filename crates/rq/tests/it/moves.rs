//! Moving jobs by hand and by the clock: cancel, delete, requeue, empty, unique, schedules, rate limits.

use std::time::{Duration, SystemTime};

use rq_wire::registry::Registry;
use rq_wire::schedule::JobScheduler;
use rq_wire::{Call, Error, JobId, NewJob, Status};

use crate::support::python::{BOTH, Version};
use crate::support::redis::Server;
use crate::support::{Live, burst, until, worker};

fn add(id: &str) -> NewJob {
    NewJob::new("default", Call::new("jobs.add").arg(1)).id(JobId::new(id).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn python_moves_rust_jobs() {
    for version in BOTH {
        let server = Server::start().await;
        for id in ["cancel", "delete", "keep"] {
            server.rq.enqueue(&add(id)).await.unwrap();
        }
        let boom = |id: &str| NewJob::new("bad", Call::new("jobs.boom")).id(JobId::new(id).unwrap());
        server.rq.enqueue_many(&[boom("b1"), boom("b2")]).await.unwrap();
        assert_eq!(burst(&server, &["bad"]).await.failed, 2);
        version
            .python(
                &server,
                "Job.fetch('cancel', connection=connection).cancel()\nJob.fetch('delete', connection=connection).delete()",
            )
            .await;
        assert_eq!(server.rq.waiting_ids("default").await.unwrap(), ["keep"]);
        let requeue = version.command("rq", &server).args(["requeue", "--all", "--queue", "bad"]).output().unwrap();
        assert!(requeue.status.success(), "{}", String::from_utf8_lossy(&requeue.stderr));
        assert_eq!(server.rq.queue_len("bad").await.unwrap(), 2);
        assert_eq!(burst(&server, &["bad"]).await.failed, 2);
        let empty = version.command("rq", &server).args(["empty", "default"]).output().unwrap();
        assert!(empty.status.success(), "{}", String::from_utf8_lossy(&empty.stderr));
        assert_eq!(server.run::<i64>("EXISTS rq:job:keep rq:queue:default").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rust_moves_python_jobs() {
    for version in BOTH {
        let server = Server::start().await;
        version
            .python(
                &server,
                "for id in ('cancel', 'delete', 'parent'): queue.enqueue('jobs.add', 1, job_id=id)\n\
                 queue.enqueue('jobs.add', 1, job_id='child', depends_on='parent')\n\
                 other = Queue('other', connection=connection)\n\
                 for n in range(3): other.enqueue('jobs.add', n)\n\
                 queue.enqueue('jobs.boom', job_id='boom')",
            )
            .await;
        let rq = &server.rq;
        assert!(rq.cancel("cancel", false).await.unwrap());
        assert!(!rq.cancel("cancel", false).await.unwrap());
        assert!(!rq.cancel("nothing", false).await.unwrap());
        assert!(rq.delete("delete").await.unwrap());
        assert!(rq.cancel("parent", true).await.unwrap());
        assert_eq!(rq.waiting_ids("default").await.unwrap(), ["boom", "child"]);
        assert_eq!(rq.registry_ids(Registry::Canceled, "default", 0, 10).await.unwrap(), ["cancel", "parent"]);
        assert_eq!(rq.empty("other").await.unwrap(), 3);
        let report = burst(&server, &["default"]).await;
        assert_eq!((report.finished, report.failed), (1, 1));
        assert_eq!(rq.registry_len(Registry::Failed, "default").await.unwrap(), 1);
        assert!(rq.requeue("boom", true).await.unwrap());
        assert!(!rq.requeue("boom", true).await.unwrap(), "it waits already");
        assert_eq!(rq.registry_len(Registry::Failed, "default").await.unwrap(), 0);
        assert_eq!(rq.queues().await.unwrap(), ["default", "other"]);
        let printed = version
            .python(&server, "print(queue.job_ids, Job.fetch('cancel', connection=connection).get_status())")
            .await;
        assert!(printed.starts_with("['boom']"), "{printed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unique_id_is_taken_once() {
    let server = Server::start().await;
    server.rq.enqueue(&add("once").unique()).await.unwrap();
    assert!(matches!(server.rq.enqueue(&add("once").unique()).await, Err(Error::Duplicate(id)) if id == "once"));
    let later = server.rq.enqueue_in(&add("once").unique(), Duration::from_secs(5)).await;
    assert!(matches!(later, Err(Error::Duplicate(_))));
    assert_eq!(server.rq.waiting_ids("default").await.unwrap(), ["once"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_keep_their_order_and_ends() {
    let server = Server::start().await;
    let mut jobs: Vec<_> = (0..2500).map(|n| add(&format!("job-{n}"))).collect();
    jobs[1].at_front = true;
    jobs.insert(3, add("child").after([JobId::new("job-0").unwrap()]));
    let enqueued = server.rq.enqueue_many(&jobs).await.unwrap();
    assert_eq!(enqueued.len(), 2501);
    assert_eq!(enqueued[3].status, Status::Deferred);
    assert!(enqueued.iter().zip(&jobs).all(|(done, job)| Some(&done.id) == job.id.as_ref()));
    let waiting = server.rq.waiting_ids("default").await.unwrap();
    assert_eq!((waiting.len(), waiting[0].as_str(), waiting[1].as_str()), (2500, "job-1", "job-0"));
    assert_eq!(waiting[2499], "job-2499");
}

#[tokio::test(flavor = "multi_thread")]
async fn schedulers_of_both_sides_respect_each_other() {
    for version in BOTH {
        let server = Server::start().await;
        let mut ours = JobScheduler::new(server.rq.clone(), "ours", ["default", "other"]);
        ours.tick().await.unwrap();
        assert_eq!(ours.held().collect::<Vec<_>>(), ["default", "other"]);
        assert_eq!(server.run::<String>("GET rq:scheduler-lock:default").await, "ours");
        let ttl: i64 = server.run("TTL rq:scheduler-lock:default").await;
        assert!((50..=61).contains(&ttl), "{ttl}");
        let script = "import logging\n\
             logging.disable()\n\
             from rq.scheduler import RQScheduler\n\
             scheduler = RQScheduler(['default'], connection=connection, name='theirs')\n\
             print(sorted(scheduler.acquire_locks()))";
        assert_eq!(version.python(&server, script).await, "[]");
        ours.release().await.unwrap();
        assert_eq!(version.python(&server, script).await, "['default']");
        ours.tick().await.unwrap();
        assert_eq!(ours.held().collect::<Vec<_>>(), ["other"]);
        assert_eq!(server.run::<String>("GET rq:scheduler-lock:default").await, "theirs");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scheduled_jobs_cross() {
    for version in BOTH {
        let server = Server::start().await;
        version
            .python(
                &server,
                "from datetime import timedelta\n\
                 queue.enqueue_in(timedelta(seconds=1), 'jobs.add', 1, job_id='python')\n\
                 queue.enqueue_in(timedelta(seconds=900), 'jobs.add', 1, job_id='canceled')\n\
                 queue.enqueue_in(timedelta(seconds=900), 'jobs.add', 1, job_id='later')",
            )
            .await;
        let soon = server.rq.enqueue_in(&add("rust").at_front(), Duration::from_millis(300)).await.unwrap();
        assert_eq!(soon.status, Status::Scheduled);
        // Canceled by status only, as when the cancel lost its race: the entry is a leftover.
        server.run::<()>("HSET rq:job:canceled status canceled").await;
        server.run::<()>("ZADD rq:scheduled:default 1 canceled 1 missing").await;
        let live = Live::start(worker(&server, &["default"]));
        for id in ["python", "rust"] {
            until("it ran", async || server.rq.status(id).await.unwrap() == Some(Status::Finished)).await;
        }
        assert_eq!(server.rq.registry_ids(Registry::Scheduled, "default", 0, 10).await.unwrap(), ["later"]);
        assert_eq!(live.stop().await.finished, 2);

        // And what Rust schedules, Python's scheduler moves.
        server.rq.enqueue_at(&add("theirs"), SystemTime::now()).await.unwrap();
        version.burst(&server, &["--with-scheduler", "default"]).await;
        until("Python ran it", async || {
            version.burst(&server, &["--with-scheduler", "default"]).await;
            server.rq.status("theirs").await.unwrap() == Some(Status::Finished)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_of_rq_three_holds() {
    let server = Server::start().await;
    let limited = |id: &str| NewJob { rate_limit: Some(("api".to_owned(), 1)), ..add(id) };
    assert_eq!(server.rq.enqueue(&limited("a")).await.unwrap().status, Status::Queued);
    assert_eq!(server.rq.enqueue(&limited("b")).await.unwrap().status, Status::RateLimited);
    assert_eq!(server.rq.enqueue(&limited("c")).await.unwrap().status, Status::RateLimited);
    let claim = server.rq.pop("w", &["default".to_owned()]).await.unwrap().expect("the first");
    assert_eq!(server.rq.pop("w", &["default".to_owned()]).await.unwrap(), None);
    server.rq.settle("w", &[claim.finished(&1.into(), rq_wire::Serializer::Pickle)]).await.unwrap();
    assert_eq!(server.rq.waiting_ids("default").await.unwrap(), ["b"]);
    Version::Three.burst(&server, &["default"]).await;
    until("all ran", async || server.run::<i64>("ZCARD rq:finished:default").await == 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_times_are_as_asked() {
    let server = Server::start().await;
    for (id, ttl) in [("short", Some(100)), ("forever", Some(-1)), ("none", Some(0)), ("default", None)] {
        server.rq.enqueue(&NewJob { result_ttl_seconds: ttl, ..add(id) }).await.unwrap();
        let boom = NewJob::new("default", Call::new("jobs.boom")).id(JobId::new(format!("bad-{id}")).unwrap());
        server.rq.enqueue(&NewJob { failure_ttl_seconds: ttl, ..boom }).await.unwrap();
    }
    burst(&server, &["default"]).await;
    let ttl = async |key: &str| -> i64 { server.run(&format!("TTL {key}")).await };
    for (id, range) in [("short", 90..=100), ("forever", -1..=-1), ("none", -2..=-2), ("default", 490..=500)] {
        assert!(range.contains(&ttl(&format!("rq:job:{id}")).await), "{id}");
        assert!(range.contains(&ttl(&format!("rq:results:{id}")).await), "result of {id}");
    }
    let year = 31_535_900..=31_536_000;
    for (id, range) in [("short", 90..=100), ("forever", -1..=-1), ("none", -2..=-2), ("default", year)] {
        assert!(range.contains(&ttl(&format!("rq:job:bad-{id}")).await), "bad {id}");
        assert!(range.contains(&ttl(&format!("rq:results:bad-{id}")).await), "result of bad {id}");
    }
    assert_eq!(server.run::<String>("ZSCORE rq:finished:default forever").await, "inf");
    assert_eq!(server.run::<String>("ZSCORE rq:failed:default bad-forever").await, "-1");
    assert_eq!(server.run::<Vec<String>>("ZRANGE rq:finished:default 0 -1").await, ["short", "default", "forever"]);
}
