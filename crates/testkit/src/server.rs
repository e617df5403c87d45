//! A server process that ends with the test process.

use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// User and group that servers run as when the test runs as root, which PostgreSQL refuses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unprivileged {
    uid: u32,
    gid: u32,
}

impl Unprivileged {
    /// `None` when this process is unprivileged itself.
    pub(crate) fn find() -> Option<Unprivileged> {
        if fs::metadata("/proc/self").expect("read /proc/self").uid() != 0 {
            return None;
        }
        let users = fs::read_to_string("/etc/passwd").expect("read /etc/passwd");
        let find = |name: &str| {
            users.lines().find_map(|line| {
                let mut parts = line.split(':');
                let (user, uid, gid) = (parts.next()?, parts.nth(1)?, parts.next()?);
                (user == name).then(|| Some(Unprivileged { uid: uid.parse().ok()?, gid: gid.parse().ok()? }))?
            })
        };
        Some(find("postgres").or_else(|| find("nobody")).expect("a user `postgres` or `nobody` to run servers as"))
    }
}

/// A command as the unprivileged user, in a group of its own so that an interrupt at the terminal is not for it.
pub(crate) fn command(program: impl AsRef<Path>, user: Option<Unprivileged>, folder: &Path) -> Command {
    let mut command = Command::new(program.as_ref());
    command.current_dir(folder).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command.process_group(0);
    command
}

/// A new folder that the servers' user owns.
pub(crate) fn folder(what: &str, user: Option<Unprivileged>) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("bidlens-{what}-{}-{count}", std::process::id()));
        match fs::create_dir(&path) {
            Ok(()) => {}
            // Of an earlier process with the same number, whose shell had no time to clean up.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => panic!("create {}: {error}", path.display()),
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("keep the folder private");
        if let Some(user) = user {
            chown(&path, Some(user.uid), Some(user.gid)).expect("give the folder to the servers' user");
        }
        return path;
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// A shell that runs a server until our end of its input is closed, and then removes the folder.
#[derive(Debug)]
pub(crate) struct Server {
    shell: Child,
    input: Option<ChildStdin>,
    folder: PathBuf,
}

impl Server {
    /// `script` must leave the server running in the background and set `stop` to the command that ends it.
    pub(crate) fn start(script: &str, user: Option<Unprivileged>, folder: &Path) -> Server {
        let script = format!(
            "{script}\nwhile read -r word; do eval \"$word\"; done\neval \"$stop\"\nrm -rf '{}'",
            folder.display()
        );
        let log = fs::File::create(folder.join("shell.log")).expect("a log file");
        let mut shell = command("/bin/sh", user, Path::new("/"))
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log)
            .spawn()
            .expect("start a shell");
        let input = shell.stdin.take();
        Server { shell, input, folder: folder.to_owned() }
    }

    /// Lets the shell run one line.
    pub(crate) fn tell(&mut self, line: &str) {
        let input = self.input.as_mut().expect("a running shell");
        writeln!(input, "{line}").and_then(|()| input.flush()).expect("speak to the server's shell");
    }

    pub(crate) fn logs(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        format!("{}{}", read("shell.log"), read("server.log"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.input.take());
        // The shell ends by itself; waiting leaves no zombie.
        let _ = self.shell.wait();
    }
}

/// Waits until `ready`; panics with what `explain` says.
pub(crate) fn wait_until(what: &str, mut ready: impl FnMut() -> bool, explain: impl Fn() -> String) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !ready() {
        assert!(Instant::now() < deadline, "{what}: no success within 60 s\n{}", explain());
        thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn accepts(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
