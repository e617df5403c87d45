//! Jobs between Python and this library, both ways, on both versions of RQ.

use std::collections::BTreeSet;

use rq_wire::enqueue::{Dependency, Retry};
use rq_wire::registry::Registry;
use rq_wire::result::ResultKind;
use rq_wire::{Call, JobId, NewJob, Serializer, Status, Value};

use crate::support::python::{BOTH, Version};
use crate::support::redis::Server;
use crate::support::{Live, burst, until, worker};

#[tokio::test(flavor = "multi_thread")]
async fn python_enqueues_and_reads_what_a_rust_worker_returns() {
    for version in BOTH {
        let server = Server::start().await;
        let live = Live::start(worker(&server, &["default"]));
        let printed = version
            .python(
                &server,
                "values = [[1, (2, 'ä€😀'), None, True, 2.5, 10**30, -7], {'k': [1.0, float('inf')]}, b'\\xff\\x00', {1, 2}]\n\
                 shared = ['same']\n\
                 first = queue.enqueue('jobs.echo', *values, both=[shared, shared])\n\
                 second = json_queue.enqueue('jobs.echo', [1, 'ä', None, True, 2.5, 10**30], key={'b': [float('inf')]})\n\
                 third = queue.enqueue('jobs.add', 2, b=3, meta={'who': 'python'}, result_ttl=-1)\n\
                 result = first.latest_result(timeout=30)\n\
                 assert result.return_value == [values, {'both': [['same'], ['same']]}], result.return_value\n\
                 result = second.latest_result(timeout=30)\n\
                 assert result.return_value == [[[1, 'ä', None, True, 2.5, 10**30]], {'key': {'b': [float('inf')]}}], result.return_value\n\
                 assert third.latest_result(timeout=30).return_value == 5\n\
                 for job, q in ((first, queue), (second, json_queue), (third, queue)):\n\
                 \x20   job = Job.fetch(job.id, connection=connection, serializer=q.serializer)\n\
                 \x20   assert job.get_status() == 'finished', job.get_status()\n\
                 \x20   assert job.return_value() is not None\n\
                 \x20   assert job.is_finished and job.started_at and job.ended_at and job.worker_name\n\
                 \x20   assert job.id in q.finished_job_registry\n\
                 assert Job.fetch(third.id, connection=connection).meta == {'who': 'python'}\n\
                 print('read')",
            )
            .await;
        assert_eq!(printed, "read");
        assert_eq!(live.stop().await.finished, 3);
        assert_eq!(server.run::<i64>("ZCARD rq:wip:default").await, 0);
        assert_eq!(server.run::<Vec<String>>("KEYS rq:execution*").await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_pickle_protocols_of_python_are_read() {
    let server = Server::start().await;
    let live = Live::start(worker(&server, &["default"]));
    let printed = Version::Three
        .python(
            &server,
            "class Old:\n\
             \x20   dumps = staticmethod(lambda value: pickle.dumps(value, protocol))\n\
             \x20   loads = staticmethod(pickle.loads)\n\
             value = [1, -1, 300, 70000, 2**40, 2**100, True, None, 'x' * 300, 'ä\\n\\\\€😀', b'', b'\\xff' * 300, 1.5, (), (1,), (1, 2, 3, 4), {}, {'a': {1: 2}}, {1, 'b'}, set()]\n\
             for protocol in range(6):\n\
             \x20   q = Queue('default', connection=connection, serializer=Old)\n\
             \x20   result = q.enqueue('jobs.echo', value).latest_result(timeout=30)\n\
             \x20   assert result.type == result.Type.SUCCESSFUL, result.exc_string\n\
             \x20   assert result.return_value == [[value], {}], (protocol, result.return_value)\n\
             print('six protocols')",
        )
        .await;
    assert_eq!(printed, "six protocols");
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_and_retries_look_as_python_expects() {
    for version in BOTH {
        let server = Server::start().await;
        let live = Live::start(worker(&server, &["default"]));
        let printed = version
            .python(
                &server,
                "once = queue.enqueue('jobs.boom', failure_ttl=100)\n\
                 thrice = queue.enqueue('jobs.boom', retry=Retry(max=2))\n\
                 panic = queue.enqueue('jobs.panic')\n\
                 unknown = queue.enqueue('jobs.nowhere')\n\
                 odd = queue.enqueue('jobs.echo', Retry(max=1))\n\
                 for job, text in ((once, 'boom from rust'), (thrice, 'boom from rust'), (panic, 'panic from rust'), (unknown, 'no handler for jobs.nowhere'), (odd, 'DeserializationError')):\n\
                 \x20   result = job.latest_result(timeout=30)\n\
                 \x20   assert result.type == result.Type.FAILED\n\
                 \x20   assert text in result.exc_string, result.exc_string\n\
                 \x20   job = Job.fetch(job.id, connection=connection)\n\
                 \x20   assert job.get_status() == 'failed' and job.id in queue.failed_job_registry\n\
                 \x20   assert 0 < connection.ttl('rq:results:' + job.id)\n\
                 assert Job.fetch(thrice.id, connection=connection).retries_left == 0\n\
                 queue.failed_job_registry.requeue(once.id)\n\
                 assert once.latest_result(timeout=30)\n\
                 print('failed')",
            )
            .await;
        assert_eq!(printed, "failed");
        until("the requeued job failed again", async || server.run::<i64>("ZCARD rq:failed:default").await == 5).await;
        let report = live.stop().await;
        assert_eq!((report.finished, report.failed), (0, 8));
    }
}

fn every_kind_of_job() -> Vec<NewJob> {
    let mut jobs = Vec::new();
    for serializer in [Serializer::Pickle, Serializer::Json] {
        let call = Call::new("jobs.echo")
            .arg(vec![Value::Int(1), "ä€😀'".into(), Value::None, Value::Bool(true), Value::Float(2.5)])
            .kwarg("key", Value::Dict(vec![("b".into(), Value::BigInt("123456789012345678901".parse().unwrap()))]));
        let meta = Value::Dict(vec![("é".into(), 1.into())]);
        let full = NewJob::new("default", call.clone())
            .serializer(serializer)
            .meta(meta)
            .result_ttl_seconds(100)
            .failure_ttl_seconds(3600)
            .ttl_seconds(1000)
            .description("ä description")
            .retry(Retry { max: 3, intervals_seconds: vec![1, 2], at_front: true });
        jobs.push(NewJob::new("default", call).serializer(serializer));
        jobs.push(NewJob { at_front: true, ..full.clone() });
        jobs.push(NewJob { timeout_seconds: -1, ..full });
    }
    jobs
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_workers_run_what_rust_enqueues() {
    for version in BOTH {
        let server = Server::start().await;
        let jobs = every_kind_of_job();
        let enqueued = server.rq.enqueue_many(&jobs).await.unwrap();
        let (pickled, json) = (&enqueued[..3], &enqueued[3..]);
        // A stock worker reads one serializer only.
        for (ids, serializer) in [(pickled, "pickle"), (json, "json")] {
            for other in [pickled, json].concat() {
                server.run::<()>(&format!("LREM rq:queue:default 0 {}", other.id)).await;
            }
            for job in ids {
                server.run::<()>(&format!("RPUSH rq:queue:default {}", job.id)).await;
            }
            version.burst(&server, &["--worker-class", "rq.SimpleWorker", "--serializer", serializer, "default"]).await;
            for job in ids {
                assert_eq!(server.rq.status(job.id.as_str()).await.unwrap(), Some(Status::Finished));
                let result = server.rq.latest_result(job.id.as_str()).await.unwrap().expect("a result");
                let Value::List(parts) = result.return_value.unwrap() else { panic!("no list") };
                assert_eq!(parts[0].as_items().unwrap()[0].as_items().unwrap()[1].as_str(), Some("ä€😀'"));
                assert_eq!(parts[1].get("key").unwrap().get("b").unwrap().repr(), "123456789012345678901");
                assert_eq!(result.kind, ResultKind::Successful);
            }
        }
        let failing = server.rq.enqueue(&NewJob::new("default", Call::new("jobs.boom"))).await.unwrap();
        version.burst(&server, &["default"]).await;
        let result = server.rq.latest_result(failing.id.as_str()).await.unwrap().expect("a result");
        assert_eq!(result.kind, ResultKind::Failed);
        assert!(result.error.contains("ValueError: boom from python"), "{}", result.error);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_jobs_survive_the_monitor_of_stock_workers() {
    for version in BOTH {
        let server = Server::start().await;
        let slow = NewJob::new("default", Call::new("jobs.slow").arg(3)).id(JobId::new("slow").unwrap());
        server.rq.enqueue(&slow).await.unwrap();
        version.burst(&server, &["--job-monitoring-interval", "1", "default"]).await;
        let result = server.rq.latest_result("slow").await.unwrap().expect("a result");
        assert_eq!(result.return_value, Ok("slept".into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_hash_we_write_passes_python() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for job in server.rq.enqueue_many(&every_kind_of_job()).await.unwrap() {
        ids.push(job.id);
    }
    let add = || NewJob::new("default", Call::new("jobs.add").arg(1));
    let parent = server.rq.enqueue(&add()).await.unwrap().id;
    let child = NewJob {
        depends_on: Some(Dependency { parents: vec![parent.clone()], allow_failure: true, at_front: true }),
        ..add()
    };
    ids.push(server.rq.enqueue(&child).await.unwrap().id);
    let later = std::time::Duration::from_secs(500);
    ids.push(server.rq.enqueue_in(&add().at_front(), later).await.unwrap().id);
    ids.push(server.rq.enqueue(&add().id(JobId::new("once").unwrap()).unique()).await.unwrap().id);
    ids.push(parent);
    // Each of these leaves the hash in another state.
    for (id, end) in
        ["ended", "failed", "stopped", "retried", "later", "requeued", "canceled", "running"].iter().enumerate()
    {
        let job = add().id(JobId::new(format!("state-{id}-{end}")).unwrap()).retry(Retry::times(2)).at_front();
        ids.push(server.rq.enqueue(&job).await.unwrap().id);
        let claim = server.rq.pop("w1", &["default".to_owned()]).await.unwrap().expect("the job");
        let settlement = match *end {
            "ended" => claim.finished(&Value::Int(1), Serializer::Pickle),
            "failed" => claim.failed("no"),
            "stopped" => claim.stopped("no"),
            "retried" => claim.failed_or_retry("no"),
            "later" => claim.requeue(100),
            "requeued" => claim.requeue(0),
            "canceled" => claim.canceled(),
            _ => continue,
        };
        server.rq.settle("w1", &[settlement]).await.unwrap();
        server.run::<()>(&format!("LREM rq:queue:default 0 {}", claim.id())).await;
    }
    let ids: BTreeSet<_> = ids.iter().map(JobId::as_str).collect();
    assert!(ids.len() >= 18);
    let keys: Vec<String> = server.run("KEYS rq:job:*").await;
    let hashes = keys.iter().filter(|key| key.matches(':').count() == 2).count();
    assert_eq!(hashes, ids.len(), "{keys:?}");
    for version in BOTH {
        let script = format!(
            "for id in {:?}:\n\
             \x20   job = Job.fetch(id, connection=connection)\n\
             \x20   assert job.get_status() and job.origin == 'default' and job.timeout, id\n\
             \x20   assert job.created_at.year >= 2020\n\
             print('fetched', len(queue.started_job_registry.get_job_ids()))",
            ids.iter().collect::<Vec<_>>()
        );
        assert_eq!(version.python(&server, &script).await, "fetched 1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mixed_fleet_shares_one_queue() {
    let server = Server::start().await;
    let jobs: Vec<_> =
        (0..300).map(|n| NewJob::new("default", Call::new("jobs.add").arg(n).arg(1)).result_ttl_seconds(-1)).collect();
    let mut options = crate::support::settings();
    options.concurrency = 2;
    let simple = ["worker", "--worker-class", "rq.SimpleWorker", "default"];
    let _two = Version::Two.start(&server, "rq", &simple);
    let _three = Version::Three.start(&server, "rq", &simple);
    until("both stock workers are there", async || server.run::<i64>("SCARD rq:workers").await == 2).await;
    let live = Live::start(worker(&server, &["default"]).named("rusty").settings(options));
    let info = tokio::spawn({
        let command = Version::Three.command("rq", &server);
        let mut command = tokio::process::Command::from(command);
        async move {
            command.args(["info", "--interval", "0.2"]).stdout(std::process::Stdio::null()).kill_on_drop(true);
            command.status().await
        }
    });
    // Little by little, so that everyone gets some.
    let mut ids = Vec::new();
    for batch in jobs.chunks(10) {
        ids.extend(server.rq.enqueue_many(batch).await.unwrap());
        until("the batch was taken", async || server.rq.queue_len("default").await.unwrap() == 0).await;
    }
    until("all jobs ended", async || server.run::<i64>("ZCARD rq:finished:default").await == 300).await;
    assert!(!info.is_finished(), "rq info ended by itself");
    info.abort();
    let mut workers = BTreeSet::new();
    for (n, job) in ids.iter().enumerate() {
        let results = server.rq.results(job.id.as_str(), 10).await.unwrap();
        assert_eq!(results.len(), 1, "job {n} ran {} times", results.len());
        assert_eq!(results[0].return_value, Ok(Value::Int(n as i64 + 1)));
        workers.insert(results[0].worker_name.clone());
    }
    assert_eq!(workers.len(), 3, "not everyone worked: {workers:?}");
    assert!(workers.contains("rusty"));
    assert_eq!(server.rq.registry_len(Registry::Failed, "default").await.unwrap(), 0);
    live.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dependencies_cross_between_python_and_rust() {
    for version in BOTH {
        let server = Server::start().await;
        version
            .python(
                &server,
                "other = Queue('other', connection=connection)\n\
                 parent = queue.enqueue('jobs.add', 1, job_id='parent')\n\
                 second = queue.enqueue('jobs.add', 1, job_id='second')\n\
                 other.enqueue('jobs.add', 2, job_id='child', depends_on=[parent, second])\n\
                 other.enqueue('jobs.add', 3, job_id='grandchild', depends_on='child')\n\
                 bad = queue.enqueue('jobs.boom', job_id='bad')\n\
                 other.enqueue('jobs.add', 4, job_id='anyway', depends_on=Dependency(bad, allow_failure=True))\n\
                 other.enqueue('jobs.add', 5, job_id='never', depends_on=bad)",
            )
            .await;
        assert_eq!(server.run::<i64>("ZCARD rq:deferred:other").await, 4);
        // Rust ends the parents; children of the other queue are then Python's.
        assert_eq!(burst(&server, &["default"]).await.finished, 2);
        let waiting = server.rq.waiting_ids("other").await.unwrap();
        assert_eq!(BTreeSet::from_iter(waiting.iter().map(String::as_str)), BTreeSet::from(["child", "anyway"]));
        version.burst(&server, &["other"]).await;
        for id in ["child", "grandchild", "anyway"] {
            assert_eq!(server.rq.status(id).await.unwrap(), Some(Status::Finished), "{id}");
        }
        assert_eq!(server.rq.status("never").await.unwrap(), Some(Status::Deferred));

        // And the other way: Rust makes the family, Python ends the parent, Rust the child.
        let add = |queue: &str, id: &str| NewJob::new(queue, Call::new("jobs.add").arg(1)).id(JobId::new(id).unwrap());
        let gone = JobId::new("gone").unwrap();
        let parent = server.rq.enqueue(&add("default", "rust-parent")).await.unwrap().id;
        let child = add("other", "rust-child").after([parent.clone(), gone.clone()]);
        assert_eq!(server.rq.enqueue(&child).await.unwrap().status, Status::Deferred);
        let orphan = add("other", "rust-orphan").after([gone]);
        assert_eq!(server.rq.enqueue(&orphan).await.unwrap().status, Status::Queued);
        version.burst(&server, &["default"]).await;
        assert_eq!(server.rq.status("rust-child").await.unwrap(), Some(Status::Queued));
        assert_eq!(burst(&server, &["other"]).await.finished, 2);
        assert_eq!(server.rq.status("rust-child").await.unwrap(), Some(Status::Finished));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_asked_for_by_python_are_kept() {
    let server = Server::start().await;
    Version::Three
        .python(&server, "queue.enqueue('jobs.add', 1, job_id='again', repeat=Repeat(times=2, interval=[0, 1]))")
        .await;
    let live = Live::start(worker(&server, &["default"]));
    until("it ran three times", async || server.rq.results("again", 10).await.unwrap().len() == 3).await;
    assert_eq!(server.field("again", "repeats_left").await, "0");
    assert_eq!(live.stop().await.finished, 3);
}
