//! Traces to a collector, as the program sends them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use crate::operations::import;
use crate::server::Server;

/// A collector that takes everything and keeps the bodies.
fn collector() -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let taken = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&taken);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let into = Arc::clone(&into);
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
                let mut answer = stream;
                loop {
                    let (mut length, mut line) = (0, String::new());
                    let mut head = String::new();
                    while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
                        head += &line.to_ascii_lowercase();
                        if let Some(n) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                            length = n.trim().parse().expect("a length");
                        }
                        line.clear();
                    }
                    let mut body = vec![0; length];
                    if head.is_empty() || reader.read_exact(&mut body).is_err() {
                        return;
                    }
                    let right = head.starts_with("post /v1/traces ") && head.contains("application/x-protobuf");
                    if right {
                        into.lock().expect("no test panicked").extend(body);
                    }
                    let status = if right { "200 OK" } else { "400 Bad Request" };
                    if write!(answer, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").is_err() {
                        return;
                    }
                }
            });
        }
    });
    (endpoint, taken)
}

#[test]
fn a_trace_of_the_job_reaches_the_collector() {
    let data = tempfile::tempdir().expect("a folder");
    let (endpoint, taken) = collector();
    // What is logged decides nothing about what is traced.
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("BIDLENS_LOG", "error")];
    let server = Server::start_with(data.path(), &settings, Stdio::null());
    let job = import(&server, "traced-request");
    server.stop();
    let taken = taken.lock().expect("no test panicked");
    let text = String::from_utf8_lossy(&taken);
    for word in [job.as_str(), "traced-request", "service.name", "bidlens", "app.queue.tasks.async_ingest_asset_v2"] {
        assert!(text.contains(word), "{word} is in no span ({} bytes came)", taken.len());
    }
}
