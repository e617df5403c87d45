//! A server of a language model whose answers a test scripts: whole, slow, cut off, hostile.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the server was asked.
#[derive(Debug, Clone)]
pub struct ModelRequest {
    /// Counted from 1.
    pub number: usize,
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl ModelRequest {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// What it answers.
#[derive(Debug, Clone)]
pub struct ModelAnswer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// How long it waits before it answers.
    pub delay: Duration,
    /// Bytes of the body after which the connection breaks.
    pub breaks_after: Option<usize>,
    /// Whether the body is sent in small pieces, as gateways do.
    pub in_pieces: bool,
}

impl ModelAnswer {
    pub fn new(status: u16, body: impl Into<String>) -> ModelAnswer {
        ModelAnswer {
            status,
            headers: Vec::new(),
            body: body.into(),
            delay: Duration::ZERO,
            breaks_after: None,
            in_pieces: false,
        }
    }

    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> ModelAnswer {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn after(mut self, delay: Duration) -> ModelAnswer {
        self.delay = delay;
        self
    }

    #[must_use]
    pub fn breaking_after(mut self, bytes: usize) -> ModelAnswer {
        self.breaks_after = Some(bytes);
        self
    }

    #[must_use]
    pub fn in_pieces(mut self) -> ModelAnswer {
        self.in_pieces = true;
        self
    }
}

type Script = dyn Fn(&ModelRequest) -> ModelAnswer + Send + Sync;

/// The server; it ends with the test process.
pub struct ModelServer {
    address: String,
    requests: Arc<Mutex<Vec<ModelRequest>>>,
}

impl std::fmt::Debug for ModelServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ModelServer").field("address", &self.address).finish_non_exhaustive()
    }
}

impl ModelServer {
    /// Starts one on a free port of this machine.
    pub fn start(script: impl Fn(&ModelRequest) -> ModelAnswer + Send + Sync + 'static) -> ModelServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its number").to_string();
        let requests: Arc<Mutex<Vec<ModelRequest>>> = Arc::default();
        let (script, seen): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&requests));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, seen) = (Arc::clone(&script), Arc::clone(&seen));
                // A client that went away is its own affair.
                std::thread::spawn(move || drop(answer(stream, &*script, &seen)));
            }
        });
        ModelServer { address, requests }
    }

    /// `http://HOST:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All it was asked, in order.
    pub fn requests(&self) -> Vec<ModelRequest> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn answer(stream: TcpStream, script: &Script, seen: &Mutex<Vec<ModelRequest>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(n, _)| n == "content-length").and_then(|(_, v)| v.parse::<usize>().ok());
    let mut body = vec![0; length.unwrap_or_default()];
    reader.read_exact(&mut body)?;
    let request = {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let body = String::from_utf8_lossy(&body).into_owned();
        let request = ModelRequest { number: seen.len() + 1, path, headers, body };
        seen.push(request.clone());
        request
    };
    let answer = script(&request);
    std::thread::sleep(answer.delay);
    let mut stream = stream;
    let head: String = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    write!(
        stream,
        "HTTP/1.1 {} Scripted\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n{head}\r\n",
        answer.status,
        answer.body.len()
    )?;
    let bytes = answer.body.as_bytes();
    let sent = bytes.get(..answer.breaks_after.unwrap_or(bytes.len())).unwrap_or(bytes);
    for piece in sent.chunks(if answer.in_pieces { 7 } else { usize::MAX }) {
        stream.write_all(piece)?;
        if answer.in_pieces {
            stream.flush()?;
            std::thread::sleep(Duration::from_micros(200));
        }
    }
    stream.flush()
}
