//! The worker's runtime: concurrency, commands, suspension, shutdown, timeouts, outages.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rq_wire::control::Command;
use rq_wire::enqueue::Retry;
use rq_wire::{Call, Context, JobError, JobId, NewJob, Status, Value, Worker};
use tokio::sync::{Barrier, Notify};

use crate::support::python::{BOTH, Version};
use crate::support::redis::Server;
use crate::support::{Live, burst, settings, told, until, worker};

fn slow(id: &str) -> NewJob {
    NewJob::new("default", Call::new("jobs.slow").arg(600)).id(JobId::new(id).unwrap()).timeout_seconds(-1)
}

async fn started(server: &Server, id: &str) {
    until("the job started", async || server.rq.status(id).await.unwrap() == Some(Status::Started)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_jobs_as_asked_run_at_once_and_no_more() {
    let server = Server::start().await;
    let barrier = Arc::new(Barrier::new(8));
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let jobs: Vec<_> = (0..64).map(|_| NewJob::new("default", Call::new("meet"))).collect();
    server.rq.enqueue_many(&jobs).await.unwrap();
    let most_seen = most.clone();
    let worker = Worker::new(server.rq.clone(), ["default"])
        .settings(rq_wire::worker::WorkerSettings { concurrency: 8, burst: true, ..settings() })
        .handle("meet", move |_: Context| {
            let (barrier, running, most) = (barrier.clone(), running.clone(), most.clone());
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                // Only passes when eight are here.
                barrier.wait().await;
                running.fetch_sub(1, Ordering::SeqCst);
                Ok::<_, JobError>(())
            }
        });
    assert_eq!(Live::start(worker).ended().await.finished, 64);
    assert_eq!(most_seen.load(Ordering::SeqCst), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn python_stops_jobs_and_workers() {
    for version in BOTH {
        let server = Server::start().await;
        let live = Live::start(worker(&server, &["default"]).named("rusty"));
        for id in ["first", "second", "third"] {
            server.rq.enqueue(&slow(id)).await.unwrap();
            started(&server, id).await;
        }
        version
            .python(
                &server,
                "from rq.command import send_stop_job_command, send_kill_horse_command, send_shutdown_command\n\
                 send_stop_job_command(connection, 'first')",
            )
            .await;
        until("it stopped", async || server.rq.status("first").await.unwrap() == Some(Status::Stopped)).await;
        let printed = version
            .python(
                &server,
                "print(Job.fetch('first', connection=connection).is_stopped, queue.failed_job_registry.get_job_ids())",
            )
            .await;
        assert_eq!(printed, "True ['first']");
        assert_eq!(server.rq.status("second").await.unwrap(), Some(Status::Started));
        if version == Version::Three {
            version
                .python(
                    &server,
                    "from rq.command import send_stop_execution_command\n\
                     execution = Job.fetch('second', connection=connection).get_executions()[0]\n\
                     connection.publish('rq:pubsub:rusty', json.dumps({'command': 'stop-execution', 'job_id': 'second', 'execution_id': execution.id}))",
                )
                .await;
            until("it stopped", async || server.rq.status("second").await.unwrap() == Some(Status::Stopped)).await;
            assert_eq!(server.rq.status("third").await.unwrap(), Some(Status::Started));
        }
        version
            .python(
                &server,
                "from rq.command import send_kill_horse_command\nsend_kill_horse_command(connection, 'rusty')",
            )
            .await;
        until("all ended", async || server.run::<i64>("ZCARD rq:failed:default").await == 3).await;
        assert_eq!(server.rq.status("third").await.unwrap(), Some(Status::Failed));
        version
            .python(&server, "from rq.command import send_shutdown_command\nsend_shutdown_command(connection, 'rusty')")
            .await;
        assert_eq!(live.ended().await.failed, 3);
        assert_eq!(server.run::<i64>("SCARD rq:workers").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rust_stops_a_job_of_a_python_worker() {
    for version in BOTH {
        let server = Server::start().await;
        let _worker = version.start(&server, "rq", &["worker", "default"]);
        server.rq.enqueue(&slow("slow")).await.unwrap();
        started(&server, "slow").await;
        until("a worker listened", async || server.rq.stop_job("slow").await.unwrap()).await;
        until("it stopped", async || server.rq.status("slow").await.unwrap() == Some(Status::Stopped)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_puts_running_jobs_back_and_spends_no_retry() {
    let server = Server::start().await;
    let options = rq_wire::worker::WorkerSettings { grace: Duration::from_millis(200), ..settings() };
    let live = Live::start(worker(&server, &["default"]).settings(options));
    server.rq.enqueue(&slow("slow").retry(Retry::times(2))).await.unwrap();
    started(&server, "slow").await;
    server.rq.enqueue(&slow("next")).await.unwrap();
    started(&server, "next").await;
    let report = live.stop().await;
    assert_eq!((report.interrupted, report.failed), (2, 0));
    let mut waiting = server.rq.waiting_ids("default").await.unwrap();
    waiting.sort();
    assert_eq!(waiting, ["next", "slow"]);
    let job = server.rq.job("slow").await.unwrap().unwrap();
    assert_eq!((job.status, job.retries_left, job.worker_name), (Some(Status::Queued), 2, None));
    assert_eq!(server.run::<Vec<String>>("KEYS rq:execution*").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_lets_short_jobs_end() {
    let server = Server::start().await;
    let live = Live::start(worker(&server, &["default"]));
    let job = NewJob::new("default", Call::new("jobs.slow").arg(0.5)).id(JobId::new("short").unwrap());
    server.rq.enqueue(&job).await.unwrap();
    started(&server, "short").await;
    let report = live.stop().await;
    assert_eq!((report.finished, report.interrupted), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn time_limits_retries_and_other_ends_of_handlers() {
    let server = Server::start().await;
    let add = |name: &str, id: &str| NewJob::new("default", Call::new(name)).id(JobId::new(id).unwrap());
    let too_slow = NewJob::new("default", Call::new("jobs.slow").arg(600)).id(JobId::new("slow").unwrap());
    server.rq.enqueue(&too_slow.timeout_seconds(1)).await.unwrap();
    let delayed = Retry { max: 2, intervals_seconds: vec![1], at_front: false };
    server.rq.enqueue(&add("jobs.boom", "delayed").retry(delayed)).await.unwrap();
    server.rq.enqueue(&add("fatal", "fatal").retry(Retry::times(5))).await.unwrap();
    server.rq.enqueue(&add("later", "later").retry(Retry::times(5))).await.unwrap();
    let seen = Arc::new(AtomicUsize::new(0));
    let worker = worker(&server, &["default"])
        .handle("fatal", |_: Context| async { Err::<Value, _>(JobError::Fatal("no use".to_owned())) })
        .handle("later", move |_: Context| {
            let first = seen.fetch_add(1, Ordering::SeqCst) == 0;
            async move { if first { Err(JobError::Later(1)) } else { Ok("at last") } }
        });
    let live = Live::start(worker);
    until("the others failed", async || server.run::<i64>("ZCARD rq:failed:default").await == 3).await;
    until("the later one ended", async || server.rq.status("later").await.unwrap() == Some(Status::Finished)).await;
    let error = server.rq.latest_result("slow").await.unwrap().unwrap().error;
    assert!(error.contains("Task exceeded maximum timeout value (1 seconds)"), "{error}");
    assert_eq!(server.field("fatal", "retries_left").await, "5");
    assert_eq!(server.field("later", "retries_left").await, "5");
    assert_eq!(server.field("delayed", "retries_left").await, "0");
    let report = live.stop().await;
    assert_eq!((report.finished, report.failed), (1, 1 + 3 + 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn suspended_workers_take_nothing() {
    let server = Server::start().await;
    let live = Live::start(worker(&server, &["default"]).named("rusty"));
    until("the worker is there", async || server.run::<i64>("SCARD rq:workers").await == 1).await;
    let output = Version::Two.command("rq", &server).arg("suspend").output().unwrap();
    assert!(output.status.success());
    server
        .rq
        .enqueue(&NewJob::new("default", Call::new("jobs.add").arg(1)).id(JobId::new("a").unwrap()))
        .await
        .unwrap();
    until("it shows the suspension", async || {
        server.run::<Option<String>>("HGET rq:worker:rusty state").await.as_deref() == Some("suspended")
    })
    .await;
    assert_eq!(server.rq.waiting_ids("default").await.unwrap(), ["a"]);
    server.rq.resume().await.unwrap();
    until("it went on", async || server.rq.status("a").await.unwrap() == Some(Status::Finished)).await;
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_made_anew_everywhere() {
    let server = Server::start().await;
    let live = Live::start(worker(&server, &["default", "other"]).named("rusty"));
    until("it listens", async || server.run::<Vec<String>>("PUBSUB CHANNELS").await == ["rq:pubsub:rusty"]).await;
    server.run::<i64>("CLIENT KILL TYPE normal SKIPME yes").await;
    server.run::<i64>("CLIENT KILL TYPE pubsub").await;
    until("it listens again", async || server.run::<Vec<String>>("PUBSUB CHANNELS").await == ["rq:pubsub:rusty"]).await;
    for queue in ["default", "other"] {
        let job = NewJob::new(queue, Call::new("jobs.add").arg(1)).id(JobId::new(queue).unwrap());
        server.rq.enqueue(&job).await.unwrap();
        until("it ran", async || server.rq.status(queue).await.unwrap() == Some(Status::Finished)).await;
    }
    // All keys gone: it must register again by itself.
    server.run::<()>("FLUSHALL").await;
    until("it is back", async || server.run::<i64>("HEXISTS rq:worker:rusty birth").await == 1).await;
    server.rq.send_command("rusty", &Command::Shutdown).await.unwrap();
    live.ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ends_while_redis_is_away_is_recorded() {
    let mut server = Server::start().await;
    let [begun, gate, ended] = [(); 3].map(|()| Arc::new(Notify::new()));
    let in_job = [&begun, &gate, &ended].map(Arc::clone);
    let worker = worker(&server, &["default"]).handle("gated", move |_: Context| {
        let [begun, gate, ended] = in_job.clone();
        async move {
            begun.notify_one();
            gate.notified().await;
            ended.notify_one();
            Ok::<_, JobError>("kept")
        }
    });
    let live = Live::start(worker);
    server.rq.enqueue(&NewJob::new("default", Call::new("gated")).id(JobId::new("a").unwrap())).await.unwrap();
    // Its status says "started" before the worker has the reply to its claim, which the kill would take away.
    told("the handler ran", &begun).await;
    server.kill();
    gate.notify_one();
    told("the handler ended", &ended).await;
    server.start_again();
    let finished = async || matches!(server.rq.status("a").await, Ok(Some(Status::Finished)));
    until("the result arrived", finished).await;
    let results = server.rq.results("a", 10).await.unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0].return_value, Ok("kept".into()));
    // And it goes on working.
    server
        .rq
        .enqueue(&NewJob::new("default", Call::new("jobs.add").arg(1)).id(JobId::new("b").unwrap()))
        .await
        .unwrap();
    until("the next job ran", async || server.rq.status("b").await.unwrap() == Some(Status::Finished)).await;
    assert_eq!(live.stop().await.finished, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_a_claim_whose_reply_got_lost_go_back() {
    let server = Server::start().await;
    let options = rq_wire::worker::WorkerSettings {
        heartbeat: Duration::from_secs(60),
        clean_every: None,
        scheduler: false,
        ..settings()
    };
    let live = Live::start(worker(&server, &["default"]).named("rusty").settings(options));
    until("it waits", async || server.run::<String>("CLIENT LIST").await.contains("cmd=blmove")).await;
    // As if the worker had sent this claim and the connection broke before the reply.
    server.rq.enqueue(&NewJob::new("side", Call::new("jobs.add").arg(1)).id(JobId::new("x").unwrap())).await.unwrap();
    server.rq.pop("rusty", &["side".to_owned()]).await.unwrap().expect("the job");
    server.run::<i64>("CLIENT KILL TYPE normal SKIPME yes").await;
    server
        .rq
        .enqueue(&NewJob::new("default", Call::new("jobs.add").arg(1)).id(JobId::new("y").unwrap()))
        .await
        .unwrap();
    until("it went back", async || server.rq.waiting_ids("side").await.unwrap() == ["x"]).await;
    until("the other one ran", async || server.rq.status("y").await.unwrap() == Some(Status::Finished)).await;
    assert_eq!(server.run::<i64>("ZCARD rq:wip:side").await, 0);
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_waits_without_polling() {
    let server = Server::start().await;
    let options = rq_wire::worker::WorkerSettings {
        heartbeat: Duration::from_secs(60),
        clean_every: None,
        scheduler: false,
        ..settings()
    };
    let live = Live::start(worker(&server, &["a", "b", "c"]).settings(options));
    let blocked = async || {
        let clients: String = server.run("CLIENT LIST").await;
        clients.lines().filter(|line| line.contains("cmd=blmove")).count()
    };
    until("it blocks on each queue", async || blocked().await == 3).await;
    server.run::<()>("CONFIG RESETSTAT").await;
    for n in 0..20 {
        let queue = ["a", "b", "c"][n % 3];
        let id = JobId::new(format!("job-{n}")).unwrap();
        server.rq.enqueue(&NewJob::new(queue, Call::new("jobs.add").arg(1)).id(id)).await.unwrap();
        until("it ran", async || server.run::<i64>(&format!("EXISTS rq:results:job-{n}")).await == 1).await;
    }
    until("it blocks on each queue again", async || blocked().await == 3).await;
    let stats: String = server.run("INFO commandstats").await;
    let calls = |name: &str| -> u64 {
        let line = stats.lines().find(|line| line.starts_with(&format!("cmdstat_{name}:"))).unwrap_or("calls=0,");
        line.split("calls=").nth(1).unwrap().split(',').next().unwrap().parse().unwrap()
    };
    // Per job: one settlement, two claims or a few more, and a wake-up or two.
    let scripts = calls("evalsha");
    assert!((40..=120).contains(&scripts), "{scripts} script calls for 20 jobs");
    assert!(calls("blmove") >= 20 && calls("blmove") <= 80, "{} blocking calls", calls("blmove"));
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn handlers_report_progress_in_the_jobs_own_serializer() {
    let server = Server::start().await;
    Version::Three
        .python(
            &server,
            "queue.enqueue('progress', job_id='pickled', meta={'old': 1})\njson_queue.enqueue('progress', job_id='json')",
        )
        .await;
    let worker = worker(&server, &["default"]).handle("progress", |context: Context| async move {
        context.save_meta(&Value::Dict(vec![("stage".into(), "é".into())])).await?;
        Ok(())
    });
    Live::start(worker.settings(rq_wire::worker::WorkerSettings { burst: true, ..settings() })).ended().await;
    for version in BOTH {
        let printed = version
            .python(
                &server,
                "print(Job.fetch('pickled', connection=connection).meta, Job.fetch('json', connection=connection, serializer=JSONSerializer).meta)",
            )
            .await;
        assert_eq!(printed, "{'stage': 'é'} {'stage': 'é'}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn canceled_and_deleted_jobs_stay_so_while_they_run() {
    for version in BOTH {
        let server = Server::start().await;
        let live = Live::start(worker(&server, &["default"]));
        for id in ["canceled", "deleted"] {
            server.rq.enqueue(&slow(id)).await.unwrap();
            started(&server, id).await;
        }
        version
            .python(
                &server,
                "Job.fetch('canceled', connection=connection).cancel()\nJob.fetch('deleted', connection=connection).delete()",
            )
            .await;
        let idle = async || server.run::<Vec<String>>("KEYS rq:worker:*:executions").await.is_empty();
        until("both were let go", idle).await;
        assert_eq!(server.rq.status("canceled").await.unwrap(), Some(Status::Canceled));
        assert_eq!(server.run::<i64>("EXISTS rq:job:deleted").await, 0);
        assert_eq!(server.run::<i64>("ZCARD rq:wip:default").await, 0);
        assert_eq!(live.stop().await.lost, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_result_reader_wakes_up() {
    let server = Server::start().await;
    let job = NewJob::new("default", Call::new("jobs.add").arg(2).kwarg("b", 3)).id(JobId::new("a").unwrap());
    let rq = server.rq.clone();
    let reader = tokio::spawn(async move { rq.wait_result("a", Duration::from_secs(60)).await });
    until("it blocks", async || server.run::<String>("CLIENT LIST").await.contains("cmd=xread")).await;
    server.rq.enqueue(&job).await.unwrap();
    burst(&server, &["default"]).await;
    let result = reader.await.unwrap().unwrap().expect("a result");
    assert_eq!(result.return_value, Ok(Value::Int(5)));
    assert_eq!(server.rq.wait_result("nothing", Duration::from_millis(50)).await.unwrap(), None);
}
