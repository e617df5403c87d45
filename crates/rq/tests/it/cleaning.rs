//! Crashes at each gap, cleaners side by side, and stock cleaners beside live jobs.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rq_wire::clean::CleanSettings;
use rq_wire::enqueue::Retry;
use rq_wire::worker::WorkerSettings;
use rq_wire::{Call, JobId, NewJob, Rq, Serializer, Settled, Status, Value};

use crate::support::python::{BOTH, Process, Version};
use crate::support::redis::Server;
use crate::support::{Live, burst, until, worker};

fn add(id: &str) -> NewJob {
    NewJob::new("default", Call::new("jobs.add").arg(1)).id(JobId::new(id).unwrap())
}

fn queues() -> Vec<String> {
    vec!["default".to_owned()]
}

/// What a dead worker looks like once its lease is over.
async fn lease_ends(server: &Server) {
    for key in server.run::<Vec<String>>("KEYS rq:execution:*").await {
        server.run::<()>(&format!("DEL {key}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_loses_nothing() {
    let server = Server::start().await;
    let rq = server.rq.clone().with_lease(Duration::from_secs(1));
    let slow = NewJob::new("default", Call::new("jobs.slow").arg(600)).id(JobId::new("slow").unwrap());
    rq.enqueue(&slow).await.unwrap();
    let doomed = rq_wire::Worker::new(rq.clone(), ["default"])
        .named("doomed")
        .settings(crate::support::settings())
        .handle("jobs.slow", |_| async { std::future::pending::<Result<(), rq_wire::JobError>>().await });
    let doomed = Live::start(doomed);
    until("it started", async || rq.status("slow").await.unwrap() == Some(Status::Started)).await;
    doomed.kill().await;
    // The survivor's handler ends at once.
    let survivor = rq_wire::Worker::new(rq.clone(), ["default"])
        .named("survivor")
        .settings(crate::support::settings())
        .handle("jobs.slow", |_| async { Ok::<_, rq_wire::JobError>("done") });
    let survivor = Live::start(survivor);
    let result = rq.wait_result("slow", Duration::from_secs(30)).await.unwrap().expect("a result");
    assert_eq!((result.worker_name.as_str(), result.return_value), ("survivor", Ok("done".into())));
    assert_eq!(survivor.stop().await.finished, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_are_killed_lose_nothing_and_repeat_no_result() {
    // Cargo builds examples with the tests of the package, next to them.
    let tests = std::env::current_exe().expect("the test's own path");
    let program = tests.parent().and_then(Path::parent).expect("the profile's folder").join("examples/worker");
    assert!(program.exists(), "{} is missing: run all tests of the package", program.display());
    let server = Server::start().await;
    let start = || {
        let mut command = Command::new(&program);
        Process(command.args([&server.url(), "2"]).spawn().expect("the worker's process"))
    };
    let jobs: Vec<_> = (0..6000).map(|n| add(&format!("job-{n}")).result_ttl_seconds(-1)).collect();
    server.rq.enqueue_many(&jobs).await.unwrap();
    let finished = async || server.run::<u64>("ZCARD rq:finished:default").await;
    let mut in_flight = 0;
    // A job is given back three times at most, so it must outlive three kills.
    for threshold in [500, 2000, 4000] {
        let process = start();
        until("some jobs are done", async || finished().await >= threshold).await;
        // Dropping it is SIGKILL.
        drop(process);
        in_flight += server.run::<u64>("ZCARD rq:wip:default").await;
    }
    assert!(finished().await < 6000, "all was over before the last kill");
    let _survivor = start();
    until("all jobs are done", async || finished().await == 6000).await;
    let mut results = Vec::new();
    for batch in jobs.chunks(1000) {
        let mut pipe = redis::pipe();
        for job in batch {
            pipe.cmd("XLEN").arg(server.rq.keys().results(job.id.as_ref().unwrap().as_str()));
        }
        results.extend(pipe.query_async::<Vec<u64>>(&mut server.connection()).await.unwrap());
    }
    assert_eq!(results, vec![1; 6000]);
    assert!(in_flight > 0, "no kill met a running job");
    until("nothing runs", async || server.run::<u64>("ZCARD rq:wip:default").await == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_returns_from_the_dead_cannot_write() {
    let server = Server::start().await;
    server.rq.enqueue(&add("a")).await.unwrap();
    let first = server.rq.pop("w1", &queues()).await.unwrap().expect("the job");
    lease_ends(&server).await;
    let cleaned = server.rq.clean("default", &CleanSettings::default()).await.unwrap();
    assert_eq!(cleaned.reclaimed, ["a"]);
    let second = server.rq.pop("w2", &queues()).await.unwrap().expect("the job again");
    let late = server.rq.settle("w1", &[first.finished(&Value::Int(1), Serializer::Pickle)]).await.unwrap();
    assert_eq!(late, [Settled::Lost]);
    assert_eq!(server.rq.status("a").await.unwrap(), Some(Status::Started));
    let settled = server.rq.settle("w2", &[second.finished(&Value::Int(2), Serializer::Pickle)]).await.unwrap();
    assert_eq!(settled, [Settled::Done]);
    let results = server.rq.results("a", 10).await.unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0].return_value, Ok(Value::Int(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_kills_its_workers_fails_in_the_end() {
    let server = Server::start().await;
    server.rq.enqueue(&add("killer").retry(Retry::times(5))).await.unwrap();
    let settings = CleanSettings { reclaims_max: 2, ..CleanSettings::default() };
    for round in 0..3 {
        server.rq.pop("w", &queues()).await.unwrap().expect("the job");
        lease_ends(&server).await;
        let cleaned = server.rq.clean("default", &settings).await.unwrap();
        assert_eq!((cleaned.reclaimed.len(), cleaned.failed.len()), if round < 2 { (1, 0) } else { (0, 1) });
    }
    for version in BOTH {
        let printed = version
            .python(
                &server,
                "job = Job.fetch('killer', connection=connection)\n\
                 print(job.is_failed, job.retries_left, 'AbandonedJobError' in job.latest_result().exc_string, queue.failed_job_registry.get_job_ids())",
            )
            .await;
        assert_eq!(printed, "True 5 True ['killer']");
    }
    assert!(server.rq.requeue("killer", false).await.unwrap());
    assert_eq!(server.field("killer", "x_reclaims").await, "", "an operator's requeue starts anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_cleaners_give_each_job_back_once() {
    let server = Server::start().await;
    let jobs: Vec<_> = (0..300).map(|n| add(&format!("job-{n}"))).collect();
    server.rq.enqueue_many(&jobs).await.unwrap();
    assert_eq!(server.rq.pop_many("dead", &queues(), 300).await.unwrap().claims.len(), 300);
    lease_ends(&server).await;
    let cleaners = (0..8).map(|_| {
        let url = server.url();
        tokio::spawn(async move {
            let rq = Rq::connect(&url).await.unwrap();
            rq.clean("default", &CleanSettings::default()).await.unwrap().reclaimed.len()
        })
    });
    let mut total = 0;
    for cleaner in cleaners.collect::<Vec<_>>() {
        total += cleaner.await.unwrap();
    }
    assert_eq!(total, 300);
    let mut waiting = server.rq.waiting_ids("default").await.unwrap();
    assert_eq!(waiting.len(), 300);
    waiting.sort();
    waiting.dedup();
    assert_eq!(waiting.len(), 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_that_stock_cleaners_push_run_once() {
    let server = Server::start().await;
    server.rq.enqueue(&add("a")).await.unwrap();
    server.run::<()>("RPUSH rq:queue:default a a").await;
    assert_eq!(burst(&server, &["default"]).await.finished, 1);
    server.rq.enqueue(&add("b")).await.unwrap();
    server.run::<()>("RPUSH rq:queue:default b").await;
    let claim = server.rq.pop("w", &queues()).await.unwrap().expect("the job");
    assert_eq!(server.rq.pop("w", &queues()).await.unwrap(), None, "a copy of a running job");
    server.rq.settle("w", &[claim.finished(&Value::None, Serializer::Json)]).await.unwrap();
    assert_eq!(server.run::<i64>("LLEN rq:queue:default").await, 0);
    assert_eq!(server.run::<i64>("LLEN rq:queue:default:intermediate").await, 0);
}

/// Where a stock worker can die, and what it leaves there.
#[tokio::test(flavor = "multi_thread")]
async fn every_gap_of_a_stock_worker_is_closed() {
    for version in BOTH {
        let server = Server::start().await;
        let quick = CleanSettings { transit_max: Duration::ZERO, ..CleanSettings::default() };
        version
            .python(
                &server,
                "for id in ('moved', 'registered', 'both', 'started', 'gone'): queue.enqueue('jobs.add', 1, job_id=id)",
            )
            .await;
        let execution = "0123456789abcdef0123456789abcdef";
        // After BLMOVE, before anything else.
        server.run::<()>("LMOVE rq:queue:default rq:queue:default:intermediate LEFT RIGHT").await;
        // After BLPOP and the first transaction: registered, yet `queued`.
        server.run::<()>("LREM rq:queue:default 1 registered").await;
        server.run::<()>(&format!("ZADD rq:wip:default 9999999999 registered:{execution}")).await;
        server.run::<()>(&format!("ZADD rq:executions:registered 9999999999 {execution}")).await;
        // After BLMOVE and the first transaction.
        server.run::<()>("LMOVE rq:queue:default rq:queue:default:intermediate LEFT RIGHT").await;
        server.run::<()>(&format!("ZADD rq:wip:default 9999999999 both:{execution}")).await;
        server.run::<()>(&format!("ZADD rq:executions:both 9999999999 {execution}")).await;
        // While the function ran.
        server.run::<()>("LREM rq:queue:default 1 started").await;
        server.run::<()>("HSET rq:job:started status started").await;
        server.run::<()>(&format!("ZADD rq:wip:default 9999999999 started:{execution}")).await;
        server.run::<()>(&format!("ZADD rq:executions:started 9999999999 {execution}")).await;
        // Moved, and deleted meanwhile.
        server.run::<()>("LMOVE rq:queue:default rq:queue:default:intermediate LEFT RIGHT").await;
        server.run::<()>("DEL rq:job:gone").await;
        assert_eq!(server.run::<i64>("LLEN rq:queue:default").await, 0);

        let mut reclaimed = Vec::new();
        for _ in 0..2 {
            reclaimed.extend(server.rq.clean("default", &quick).await.unwrap().reclaimed);
        }
        reclaimed.sort();
        assert_eq!(reclaimed, ["both", "moved", "registered", "started"], "{version:?}");
        let mut waiting = server.rq.waiting_ids("default").await.unwrap();
        waiting.sort();
        assert_eq!(waiting, reclaimed);
        assert_eq!(server.run::<i64>("LLEN rq:queue:default:intermediate").await, 0);
        assert_eq!(server.run::<i64>("ZCARD rq:wip:default").await, 0);
        version.burst(&server, &["default"]).await;
        for id in reclaimed {
            assert_eq!(server.rq.status(&id).await.unwrap(), Some(Status::Finished), "{id}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_in_transit_is_left_alone_for_a_while() {
    let server = Server::start().await;
    server.rq.enqueue(&add("a")).await.unwrap();
    server.run::<()>("LMOVE rq:queue:default rq:queue:default:intermediate LEFT RIGHT").await;
    for _ in 0..3 {
        assert!(server.rq.clean("default", &CleanSettings::default()).await.unwrap().is_empty());
    }
    assert_eq!(server.run::<Vec<String>>("LRANGE rq:queue:default:intermediate 0 -1").await, ["a"]);
    // It left by itself: its old sighting must not count for the next time.
    server.run::<()>("LMOVE rq:queue:default:intermediate rq:queue:default LEFT LEFT").await;
    server.rq.clean("default", &CleanSettings::default()).await.unwrap();
    assert_eq!(server.run::<i64>("EXISTS rq:queue:default:intermediate:rq-wire-seen").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_maintenance_leaves_live_rust_jobs_alone() {
    for version in BOTH {
        let server = Server::start().await;
        let settings = WorkerSettings { grace: Duration::from_millis(100), ..crate::support::settings() };
        let live = Live::start(worker(&server, &["default"]).settings(settings));
        for n in 0..5 {
            let job = NewJob::new("default", Call::new("jobs.slow").arg(600)).id(JobId::new(format!("s-{n}")).unwrap());
            server.rq.enqueue(&job).await.unwrap();
        }
        until("all run", async || server.run::<i64>("ZCARD rq:wip:default").await == 5).await;
        let printed = version
            .python(
                &server,
                "worker = SimpleWorker([queue], connection=connection)\n\
                 for _ in range(5):\n\
                 \x20   connection.delete('rq:clean_registries:default')\n\
                 \x20   worker.run_maintenance_tasks()\n\
                 \x20   assert queue.started_job_registry.count == 5, queue.started_job_registry.count\n\
                 print('left alone')",
            )
            .await;
        assert_eq!(printed, "left alone");
        let report = live.stop().await;
        assert_eq!((report.interrupted, report.lost), (5, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_and_own_cleaners_together_run_each_job_once() {
    let server = Server::start().await;
    let jobs: Vec<_> = (0..50).map(|n| add(&format!("job-{n}")).retry(Retry::times(1))).collect();
    server.rq.enqueue_many(&jobs).await.unwrap();
    assert_eq!(server.rq.pop_many("dead", &queues(), 50).await.unwrap().claims.len(), 50);
    lease_ends(&server).await;
    // Stock cleaners act on the score, ours on the lease: make both due.
    for member in server.run::<Vec<String>>("ZRANGE rq:wip:default 0 -1").await {
        server.run::<()>(&format!("ZADD rq:wip:default 1 {member}")).await;
    }
    let live = Live::start(worker(&server, &["default"]));
    for version in [Version::Three, Version::Two, Version::Three] {
        version.python(&server, "queue.started_job_registry.cleanup()").await;
    }
    until("all ended", async || server.run::<i64>("ZCARD rq:finished:default").await == 50).await;
    live.stop().await;
    let mut runs = HashMap::new();
    for n in 0..50 {
        let results = server.rq.results(&format!("job-{n}"), 10).await.unwrap();
        *runs.entry(results.len()).or_insert(0) += 1;
    }
    assert_eq!(runs, HashMap::from([(1, 50)]));
    assert_eq!(server.run::<i64>("LLEN rq:queue:default").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_entries_and_dead_workers_are_removed() {
    let server = Server::start().await;
    server.run::<()>("ZADD rq:finished:default 1 old 9999999999 new +inf kept").await;
    server.run::<()>("ZADD rq:failed:default 1 old 9999999999 new -1 kept").await;
    server.run::<()>("SADD rq:workers rq:worker:dead").await;
    server.run::<()>("SADD rq:workers:default rq:worker:dead").await;
    server.rq.enqueue(&add("ready")).await.unwrap();
    server.run::<()>("DEL rq:queue:default").await;
    server.run::<()>("HSET rq:job:ready status ready_to_enqueue").await;
    server.run::<()>("ZADD rq:ready:default 1 ready").await;
    server.rq.clean("default", &CleanSettings::default()).await.unwrap();
    assert_eq!(server.run::<Vec<String>>("ZRANGE rq:finished:default 0 -1").await, ["new", "kept"]);
    assert_eq!(server.run::<Vec<String>>("ZRANGE rq:failed:default 0 -1").await, ["kept", "new"]);
    assert_eq!(server.run::<i64>("EXISTS rq:workers rq:workers:default").await, 0);
    assert_eq!(server.rq.waiting_ids("default").await.unwrap(), ["ready"]);
}
