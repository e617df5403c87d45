//! A private PostgreSQL server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::server::{Server, Unprivileged, command, folder, free_port, wait_until};

/// A PostgreSQL server of this test process; trusts whoever connects from this machine.
#[derive(Debug)]
pub struct Postgres {
    server: Mutex<Server>,
    binaries: PathBuf,
    folder: PathBuf,
    user: Option<Unprivileged>,
    port: u16,
    databases: AtomicU32,
}

impl Postgres {
    /// The server that all tests of this process share; started when first asked for.
    pub fn shared() -> &'static Postgres {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Postgres::start)
    }

    /// A server for one test, which may kill it. What it promises is not forced to disk: that is for speed, and
    /// enough while the machine itself lives.
    pub fn start() -> Postgres {
        Postgres::start_with("-F")
    }

    /// A server that forces every commit to disk, for measuring.
    pub fn start_durable() -> Postgres {
        Postgres::start_with("")
    }

    fn start_with(options: &str) -> Postgres {
        let binaries = binaries();
        let user = Unprivileged::find();
        let folder = folder("postgres", user);
        let data = folder.join("data");
        let output = command(binaries.join("initdb"), user, &folder)
            .args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "-D"])
            .arg(&data)
            .output()
            .expect("run initdb");
        assert!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
        let port = free_port();
        // Sockets in the data folder would make paths too long; TCP on this machine only.
        let script = format!(
            "start() {{ '{bin}/postgres' -D '{data}' -p {port} {options} -c listen_addresses=127.0.0.1 \
             -c unix_socket_directories='' -c max_connections=200 >>'{folder}/server.log' 2>&1 & pid=$!; }}
             stop='kill -QUIT $pid; wait $pid'
             start",
            bin = binaries.display(),
            data = data.display(),
            folder = folder.display(),
        );
        let server = Mutex::new(Server::start(&script, user, &folder));
        let postgres = Postgres { server, binaries, folder, user, port, databases: AtomicU32::new(0) };
        postgres.wait_until_ready();
        postgres
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// A new, empty database; its URL.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let output = self.client("createdb").arg(&name).output().expect("run createdb");
        assert!(output.status.success(), "createdb: {}", String::from_utf8_lossy(&output.stderr));
        format!("postgresql://postgres@127.0.0.1:{}/{name}", self.port)
    }

    /// Runs SQL in a database that [`Postgres::database`] made; what `psql` prints, unaligned.
    pub fn psql(&self, url: &str, sql: &str) -> String {
        let output = self.client("psql").args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]).output();
        let output = output.expect("run psql");
        assert!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Ends the server as a power cut would: nothing is finished, connections break.
    pub fn kill(&self) {
        let status = self.pg_ctl("stop", &["-m", "immediate"]);
        assert!(status, "pg_ctl stop: {}", self.logs());
    }

    /// Starts the server after [`Postgres::kill`], on the same port with the same data.
    pub fn restart(&self) {
        self.server.lock().unwrap_or_else(PoisonError::into_inner).tell("wait $pid; start");
        self.wait_until_ready();
    }

    fn pg_ctl(&self, action: &str, arguments: &[&str]) -> bool {
        let mut pg_ctl = command(self.binaries.join("pg_ctl"), self.user, &self.folder);
        pg_ctl.arg(action).arg("-D").arg(self.folder.join("data")).args(arguments).stdout(Stdio::null());
        pg_ctl.status().expect("run pg_ctl").success()
    }

    /// One of PostgreSQL's own programs, told where the server is.
    pub fn client(&self, program: &str) -> Command {
        let mut client = command(self.binaries.join(program), self.user, &self.folder);
        client.env("PGHOST", "127.0.0.1").env("PGPORT", self.port.to_string()).env("PGUSER", "postgres");
        client
    }

    fn wait_until_ready(&self) {
        let ready = || {
            let mut probe = self.client("pg_isready");
            probe.args(["-q", "-d", "postgres"]).status().is_ok_and(|status| status.success())
        };
        wait_until("start PostgreSQL", ready, || self.logs());
    }

    fn logs(&self) -> String {
        self.server.lock().unwrap_or_else(PoisonError::into_inner).logs()
    }
}

/// The folder of the newest PostgreSQL that is installed.
fn binaries() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let numbered = versions.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
    let packaged = numbered.filter(|(version, _)| *version >= 15).max().map(|(_, path)| path.join("bin"));
    let elsewhere = ["/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin"].into_iter().map(PathBuf::from);
    let complete = |folder: &PathBuf| ["initdb", "postgres", "createdb", "psql"].iter().all(|b| has(folder, b));
    packaged
        .into_iter()
        .chain(elsewhere)
        .find(complete)
        .expect("PostgreSQL 15 or newer is needed for this test; install it: apt-get install postgresql")
}

fn has(folder: &Path, program: &str) -> bool {
    folder.join(program).is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_keeps_committed_rows_through_a_kill_and_leaves_nothing() {
        let postgres = Postgres::start();
        let url = postgres.database();
        postgres.psql(&url, "CREATE TABLE t (n INT); INSERT INTO t VALUES (7)");
        postgres.kill();
        postgres.restart();
        assert_eq!(postgres.psql(&url, "SELECT n FROM t"), "7");
        let folder = postgres.folder.clone();
        drop(postgres);
        assert!(!folder.exists());
    }
}
