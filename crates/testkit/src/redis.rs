//! A private Redis server.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::server::{Server, Unprivileged, accepts, folder, free_port, wait_until};

/// A Redis server of one test, empty and without a password.
#[derive(Debug)]
pub struct Redis {
    server: Mutex<Server>,
    port: u16,
}

impl Redis {
    /// Everything is written at once, so that a killed server comes back with all it acknowledged.
    pub fn start() -> Redis {
        Redis::start_with("--save '' --appendonly yes --appendfsync always")
    }

    /// A server that writes nothing to disk, for measuring.
    pub fn start_volatile() -> Redis {
        Redis::start_with("--save '' --appendonly no")
    }

    fn start_with(options: &str) -> Redis {
        let folders = ["/usr/bin", "/usr/local/bin"].into_iter().map(Path::new);
        let binary: PathBuf = folders
            .map(|folder| folder.join("redis-server"))
            .find(|path| path.is_file())
            .expect("Redis is needed for this test; install it: apt-get install redis-server");
        let user = Unprivileged::find();
        let folder = folder("redis", user);
        let port = free_port();
        let script = format!(
            "start() {{ '{binary}' --port {port} --bind 127.0.0.1 --dir '{folder}' {options} --daemonize no \
             >>'{folder}/server.log' 2>&1 & pid=$!; }}
             stop='kill -KILL $pid; wait $pid'
             start",
            binary = binary.display(),
            folder = folder.display(),
        );
        let server = Mutex::new(Server::start(&script, user, &folder));
        let redis = Redis { server, port };
        redis.wait_until_ready();
        redis
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// Ends the server without warning.
    pub fn kill(&self) {
        self.tell("kill -KILL $pid; wait $pid");
        wait_until("kill Redis", || !accepts(self.port), String::new);
    }

    /// Starts the server after [`Redis::kill`], on the same port with the same data.
    pub fn restart(&self) {
        self.tell("start");
        self.wait_until_ready();
    }

    /// Sends one inline command and reads the first line of the answer.
    fn ask(&self, line: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.write_all(format!("{line}\r\n").as_bytes())?;
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer)?;
        Ok(answer.trim().to_owned())
    }

    fn tell(&self, line: &str) {
        self.server.lock().unwrap_or_else(PoisonError::into_inner).tell(line);
    }

    fn wait_until_ready(&self) {
        let logs = || self.server.lock().unwrap_or_else(PoisonError::into_inner).logs();
        // It listens before it has read its data back.
        wait_until("start Redis", || self.ask("PING").is_ok_and(|answer| answer == "+PONG"), logs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_keeps_what_it_acknowledged_through_a_kill() {
        let redis = Redis::start();
        assert_eq!(redis.ask("SET word here").expect("ask"), "+OK");
        redis.kill();
        redis.restart();
        assert_eq!(redis.ask("STRLEN word").expect("ask"), ":4");
    }
}
