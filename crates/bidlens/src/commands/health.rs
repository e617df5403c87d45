//! `bidlens health`: asks a running server whether it works; for containers and scripts.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::cli::Health;
use crate::config::{Overrides, RawConfig};
use crate::terminal;

const TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

pub(crate) fn run(arguments: &Health) -> anyhow::Result<ExitCode> {
    let url = match &arguments.url {
        Some(url) => url.clone(),
        None => ready_url(RawConfig::from_environment(&Overrides::default())?.listen()?),
    };
    let (status, body) = get(&url)?;
    terminal::print(body.trim())?;
    if status != 200 {
        bail!("{url} answered {status}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Where a server that listens there is asked from this machine.
fn ready_url(listen: SocketAddr) -> String {
    let ip = match listen.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::from([127, 0, 0, 1]),
        IpAddr::V6(_) => IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]),
    };
    format!("http://{}/health/ready", SocketAddr::new(ip, listen.port()))
}

/// One plain request to a server of our own; it needs no client library.
fn get(url: &str) -> anyhow::Result<(u16, String)> {
    let rest = url.strip_prefix("http://").with_context(|| format!("{url}: use http://HOST:PORT/PATH"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let doing = || format!("ask {url}");
    let address = host.to_socket_addrs().with_context(doing)?.next().with_context(doing)?;
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT).with_context(doing)?;
    stream.set_read_timeout(Some(TIMEOUT)).with_context(doing)?;
    stream.set_write_timeout(Some(TIMEOUT)).with_context(doing)?;
    write!(stream, "GET /{path} HTTP/1.0\r\nHost: {host}\r\nUser-Agent: bidlens-health\r\nConnection: close\r\n\r\n")
        .with_context(doing)?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).with_context(doing)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").with_context(|| format!("{url}: no HTTP answer"))?;
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
    Ok((status.with_context(|| format!("{url}: no HTTP answer"))?, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_this_machine() {
        for (listen, url) in [
            ("0.0.0.0:9001", "http://127.0.0.1:9001/health/ready"),
            ("[::]:80", "http://[::1]:80/health/ready"),
            ("192.0.2.7:9001", "http://192.0.2.7:9001/health/ready"),
        ] {
            assert_eq!(ready_url(listen.parse().expect("an address")), url);
        }
    }
}
