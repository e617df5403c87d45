//! A TCP proxy that can be cut and slowed down.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;

#[derive(Debug, Default)]
struct Link {
    cut: AtomicBool,
    delay_ms: AtomicU64,
    open: Mutex<Vec<TcpStream>>,
}

#[derive(Debug)]
pub(super) struct Proxy {
    port: u16,
    link: Arc<Link>,
}

impl Proxy {
    /// Forwards what comes to its port to `target` on this machine.
    pub(super) fn start(target: u16) -> anyhow::Result<Proxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("open a proxy's port")?;
        let port = listener.local_addr().context("open a proxy's port")?.port();
        let link = Arc::new(Link::default());
        let shared = Arc::clone(&link);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if !shared.cut.load(Ordering::SeqCst) {
                    // A client that cannot be served sees its connection end.
                    let _ = connect(&shared, client, target);
                }
            }
        });
        Ok(Proxy { port, link })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Ends all connections and refuses new ones.
    pub(super) fn cut(&self) {
        self.link.cut.store(true, Ordering::SeqCst);
        let mut open = self.link.open.lock().unwrap_or_else(PoisonError::into_inner);
        for stream in open.drain(..) {
            // It may have ended by itself.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Adds a delay to each piece that passes.
    pub(super) fn delay(&self, delay: Duration) {
        self.link.delay_ms.store(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    pub(super) fn mend(&self) {
        self.link.cut.store(false, Ordering::SeqCst);
        self.delay(Duration::ZERO);
    }
}

fn connect(link: &Arc<Link>, client: TcpStream, target: u16) -> std::io::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, target))?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    {
        let mut open = link.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|s| s.peer_addr().is_ok());
        open.push(client.try_clone()?);
        open.push(server.try_clone()?);
    }
    for (from, to) in [(client.try_clone()?, server.try_clone()?), (server, client)] {
        let link = Arc::clone(link);
        std::thread::spawn(move || pump(&link, from, to));
    }
    Ok(())
}

fn pump(link: &Link, mut from: TcpStream, mut to: TcpStream) {
    let mut piece = vec![0; 64 * 1024];
    while let Ok(length) = from.read(&mut piece) {
        let delay = link.delay_ms.load(Ordering::SeqCst);
        if delay > 0 {
            std::thread::sleep(Duration::from_millis(delay));
        }
        let whole = piece.get(..length).unwrap_or_default();
        if length == 0 || link.cut.load(Ordering::SeqCst) || to.write_all(whole).is_err() {
            break;
        }
    }
    // Either side may be gone already.
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
