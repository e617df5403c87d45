//! What operators look at: `rq info`, rq-dashboard and rq-exporter beside a Rust worker at work.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use rq_wire::{Call, JobId, NewJob, Serializer, Status};

use crate::support::python::{BOTH, Version};
use crate::support::redis::Server;
use crate::support::{Live, until, worker};

/// A worker that has finished one job, failed one and runs one.
async fn busy(server: &Server) -> Live {
    let live = Live::start(worker(server, &["default"]).named("rusty"));
    let job =
        |name: &str| NewJob::new("default", Call::new(name).arg(600)).id(JobId::new(name.replace('.', "-")).unwrap());
    for name in ["jobs.add", "jobs.boom", "jobs.slow"] {
        server.rq.enqueue(&job(name)).await.unwrap();
    }
    until("one runs, two are over", async || {
        server.rq.status("jobs-slow").await.unwrap() == Some(Status::Started)
            && server.run::<i64>("ZCARD rq:finished:default").await == 1
            && server.run::<i64>("ZCARD rq:failed:default").await == 1
    })
    .await;
    live
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Status line and body; empty while nothing answers.
async fn get(port: u16, path: &str) -> String {
    send(port, "GET", path).await
}

async fn send(port: u16, method: &'static str, path: &str) -> String {
    let path = path.to_owned();
    let answer = move || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        write!(stream, "{method} {path} HTTP/1.0\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    };
    tokio::task::spawn_blocking(answer).await.unwrap().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn rq_info_shows_the_worker_and_harms_nothing() {
    for version in BOTH {
        let server = Server::start().await;
        let live = busy(&server).await;
        for _ in 0..3 {
            let output = version.command("rq", &server).args(["info", "--raw"]).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{text}");
            assert!(text.contains("rusty") && text.contains("busy"), "{text}");
        }
        let printed = version
            .python(
                &server,
                "worker = Worker.all(connection=connection)[0]\n\
                 job = worker.get_current_job() if hasattr(worker, 'get_current_job') else None\n\
                 if job is None: job = worker.get_current_executions()[0].job if hasattr(worker, 'get_current_executions') else None\n\
                 print(worker.name, worker.state, worker.successful_job_count, worker.failed_job_count, worker.pid == int(worker.pid), [q.name for q in worker.queues], job.id if job else None)",
            )
            .await;
        assert_eq!(printed, "rusty busy 1 1 True ['default'] jobs-slow");
        assert_eq!(server.rq.status("jobs-slow").await.unwrap(), Some(Status::Started));
        live.kill().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rq_dashboard_answers_on_every_page() {
    let server = Server::start().await;
    let live = busy(&server).await;
    let port = free_port();
    let arguments = ["--bind", "127.0.0.1", "--port", &port.to_string(), "--redis-url", &server.url()];
    let _dashboard = Version::Three.start(&server, "rq-dashboard", &arguments);
    until("the dashboard answers", async || get(port, "/").await.contains("200 OK")).await;
    for path in [
        "/",
        "/0/view/workers",
        "/0/view/jobs",
        "/0/view/job/jobs-slow",
        "/0/data/queues.json",
        "/0/data/workers.json",
        "/0/data/jobs/default/finished/10/asc/1.json",
        "/0/data/jobs/default/failed/10/asc/1.json",
        "/0/data/jobs/default/started/10/asc/1.json",
        "/0/data/job/jobs-boom.json",
        "/0/data/job/jobs-add.json",
    ] {
        let answer = get(port, path).await;
        assert!(answer.contains("200 OK"), "{path}: {answer}");
    }
    let workers = get(port, "/0/data/workers.json").await;
    assert!(workers.contains("rusty") && workers.contains("busy") && workers.contains("jobs.slow(600)"), "{workers}");
    assert!(get(port, "/0/data/job/jobs-boom.json").await.contains("boom from rust"));
    assert!(send(port, "POST", "/job/jobs-add/delete").await.contains("200 OK"));
    assert_eq!(server.rq.status("jobs-add").await.unwrap(), None);
    assert!(send(port, "POST", "/job/jobs-boom/requeue").await.contains("200 OK"));
    until("it failed once more", async || server.rq.results("jobs-boom", 10).await.unwrap().len() == 2).await;
    live.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rq_exporter_counts_the_worker_and_its_jobs() {
    let server = Server::start().await;
    let live = busy(&server).await;
    let waiting = NewJob::new("elsewhere", Call::new("jobs.add").arg(1)).serializer(Serializer::Json);
    server.rq.enqueue(&waiting).await.unwrap();
    let port = free_port();
    let arguments = [
        "--host",
        "127.0.0.1",
        "--port",
        &port.to_string(),
        "--redis-host",
        "127.0.0.1",
        "--redis-port",
        &server.port.to_string(),
    ];
    let _exporter = Version::Two.start(&server, "rq-exporter", &arguments);
    until("the exporter answers", async || get(port, "/").await.contains("200 OK")).await;
    let metrics = get(port, "/metrics").await;
    for line in [
        r#"rq_workers{name="rusty",queues="default",state="busy"} 1.0"#,
        r#"rq_jobs{queue="default",status="started"} 1.0"#,
        r#"rq_jobs{queue="default",status="finished"} 1.0"#,
        r#"rq_jobs{queue="default",status="failed"} 1.0"#,
        r#"rq_jobs{queue="elsewhere",status="queued"} 1.0"#,
        r#"rq_workers_success_total{name="rusty",queues="default"} 1.0"#,
        r#"rq_workers_failed_total{name="rusty",queues="default"} 1.0"#,
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    live.kill().await;
}
