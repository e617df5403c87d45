//! A Redis per test: a child process on a free port, with its files in a folder of its own, ended with the test.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use redis::aio::ConnectionManager;
use redis::{FromRedisValue, ToRedisArgs};
use rq_wire::Rq;

pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    /// The test's own connection.
    pub(crate) rq: Rq,
    /// The connection of the workers under test.
    pub(crate) worker_rq: Rq,
    folder: tempfile::TempDir,
}

impl Server {
    pub(crate) async fn start() -> Server {
        // Another process may take the port between the look and the start.
        for _ in 0..20 {
            if let Some(server) = Server::try_start().await {
                return server;
            }
        }
        panic!("redis-server did not start on any of 20 free ports");
    }

    async fn try_start() -> Option<Server> {
        let port = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("its number").port();
        let folder = tempfile::tempdir().expect("a folder for redis");
        let mut child = spawn(port, folder.path());
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let url = format!("redis://127.0.0.1:{port}");
            if let (Ok(rq), Ok(worker_rq)) = (Rq::connect(&url).await, Rq::connect(&url).await) {
                return Some(Server { child, port, rq, worker_rq, folder });
            }
            if child.try_wait().expect("state of redis-server").is_some() || Instant::now() > end {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends the server as `kill -9` would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("redis-server ran");
        self.child.wait().expect("its end");
    }

    /// Starts it again with what it had written.
    pub(crate) fn start_again(&mut self) {
        self.child = spawn(self.port, self.folder.path());
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn connection(&self) -> ConnectionManager {
        self.rq.connection()
    }

    /// One command, its words split at spaces.
    pub(crate) async fn run<T: FromRedisValue>(&self, command: &str) -> T {
        self.run_args(&command.split(' ').collect::<Vec<_>>()).await
    }

    pub(crate) async fn run_args<T: FromRedisValue, A: ToRedisArgs>(&self, words: &[A]) -> T {
        let mut command = redis::Cmd::new();
        for word in words {
            command.arg(word);
        }
        command.query_async(&mut self.connection()).await.expect("a command of the test")
    }

    pub(crate) async fn field(&self, id: &str, name: &str) -> String {
        self.run::<Option<String>>(&format!("HGET rq:job:{id} {name}")).await.unwrap_or_default()
    }
}

fn spawn(port: u16, folder: &Path) -> Child {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
        .args(["--appendonly", "yes", "--appendfsync", "no"])
        .arg("--dir")
        .arg(folder)
        .stdout(Stdio::null())
        .spawn()
        .expect("these tests need redis-server (6.2 or later) on the PATH")
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
