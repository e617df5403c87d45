//! A small S3 server for tests: path-style PUT, GET, HEAD, DELETE, LIST (v2, in pages) and uploads in parts.
//!
//! It stands behind a line that can be cut, refuses what it is told to refuse, and knows its objects' ages.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use bidlens_storage::S3Location;
use chrono::{DateTime, Utc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const KEY_ID: &str = "key-of-the-test";
const BUCKET: &str = "tenders";
/// Small, so that a few objects need several pages.
const PAGE: usize = 3;

#[derive(Default)]
struct Objects {
    stored: BTreeMap<String, (Vec<u8>, SystemTime)>,
    uploads: HashMap<String, BTreeMap<u32, Vec<u8>>>,
    failures: VecDeque<u16>,
    parts: usize,
}

pub(crate) struct S3Server {
    objects: Arc<Mutex<Objects>>,
    /// Bytes a connection may carry towards the server; `u64::MAX` for all.
    cut: Arc<AtomicU64>,
    endpoint: String,
}

impl S3Server {
    pub(crate) async fn start() -> S3Server {
        let objects = Arc::new(Mutex::new(Objects::default()));
        let app = Router::new().fallback(answer).with_state(Arc::clone(&objects));
        let server = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let inner = server.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(server, app).await });
        let cut = Arc::new(AtomicU64::new(u64::MAX));
        let line = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", line.local_addr().expect("an address"));
        let limit = Arc::clone(&cut);
        tokio::spawn(async move {
            while let Ok((client, _)) = line.accept().await {
                let server = TcpStream::connect(inner).await.expect("the server");
                tokio::spawn(carry(client, server, Arc::clone(&limit)));
            }
        });
        S3Server { objects, cut, endpoint }
    }

    pub(crate) fn location(&self, incoming: &Path) -> S3Location {
        S3Location {
            bucket: BUCKET.to_owned(),
            prefix: "pre/fix".to_owned(),
            region: Some("eu-central-1".to_owned()),
            endpoint: Some(self.endpoint.clone()),
            allow_http: true,
            access_key_id: Some(KEY_ID.to_owned()),
            secret_access_key: Some("secret-of-the-test".to_owned()),
            session_token: None,
            incoming: incoming.to_owned(),
        }
    }

    fn objects(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().expect("no test panicked while it held this")
    }

    /// The next requests are answered with these.
    pub(crate) fn fail_next(&self, statuses: &[u16]) {
        self.objects().failures.extend(statuses);
    }

    /// Cuts each connection after so many bytes; `None` mends the line.
    pub(crate) fn cut_after(&self, bytes: Option<u64>) {
        self.cut.store(bytes.unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.objects().stored.keys().cloned().collect()
    }

    pub(crate) fn put_directly(&self, key: &str, bytes: &[u8]) {
        self.objects().stored.insert(key.to_owned(), (bytes.to_owned(), SystemTime::now()));
    }

    pub(crate) fn make_older(&self, key: &str, by: Duration) {
        self.objects().stored.get_mut(key).expect("the object").1 -= by;
    }

    pub(crate) fn parts_received(&self) -> usize {
        self.objects().parts
    }

    pub(crate) fn open_uploads(&self) -> usize {
        self.objects().uploads.len()
    }
}

async fn carry(client: TcpStream, server: TcpStream, limit: Arc<AtomicU64>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let mut carried = 0;
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(n @ 1..) = from_client.read(&mut buffer).await {
        carried += n as u64;
        if carried > limit.load(Ordering::Relaxed) || to_server.write_all(&buffer[..n]).await.is_err() {
            break;
        }
    }
    // Both halves go, as when a cable is pulled.
    back.abort();
}

async fn answer(State(objects): State<Arc<Mutex<Objects>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 64 << 20).await;
    let mut objects = objects.lock().expect("no handler panics");
    if let Some(status) = objects.failures.pop_front() {
        return error(status, "InternalError");
    }
    let signed = parts.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !signed.contains(&format!("Credential={KEY_ID}/")) {
        return error(403, "InvalidAccessKeyId");
    }
    let (bucket, key) = parts
        .uri
        .path()
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or((parts.uri.path().trim_start_matches('/'), ""));
    if bucket != BUCKET {
        return error(404, "NoSuchBucket");
    }
    // A body that ended early is no object.
    let Ok(body) = body else { return error(400, "IncompleteBody") };
    let query: HashMap<String, String> = parts
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter_map(|p| p.split_once('=').or(Some((p, ""))))
        .map(|(n, v)| (n.to_owned(), v.replace("%2F", "/")))
        .collect();
    let upload = query.get("uploadId").cloned();
    match (parts.method, upload) {
        (Method::GET, None) if key.is_empty() => list(&objects, &query),
        (Method::PUT, None) => {
            objects.stored.insert(key.to_owned(), (body.to_vec(), SystemTime::now()));
            tagged()
        }
        (method @ (Method::GET | Method::HEAD), None) => match objects.stored.get(key) {
            None => error(404, "NoSuchKey"),
            Some((bytes, at)) => {
                let at = DateTime::<Utc>::from(*at).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
                let answer = Response::builder().header(header::LAST_MODIFIED, at).header(header::ETAG, "\"tag\"");
                let answer = answer.header(header::CONTENT_LENGTH, bytes.len());
                let body = if method == Method::GET { Body::from(bytes.clone()) } else { Body::empty() };
                answer.body(body).expect("an answer")
            }
        },
        (Method::DELETE, None) => {
            objects.stored.remove(key);
            plain(204, "")
        }
        (Method::POST, None) if query.contains_key("uploads") => {
            let id = format!("upload-{}", objects.uploads.len());
            objects.uploads.insert(id.clone(), BTreeMap::new());
            plain(
                200,
                &format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"),
            )
        }
        (Method::PUT, Some(upload)) => {
            objects.parts += 1;
            let number = query.get("partNumber").and_then(|n| n.parse().ok()).expect("a part number");
            objects.uploads.get_mut(&upload).expect("an open upload").insert(number, body.to_vec());
            tagged()
        }
        (Method::POST, Some(upload)) => {
            let parts = objects.uploads.remove(&upload).expect("an open upload");
            let whole: Vec<u8> = parts.into_values().flatten().collect();
            objects.stored.insert(key.to_owned(), (whole, SystemTime::now()));
            plain(200, "<CompleteMultipartUploadResult><ETag>\"tag\"</ETag></CompleteMultipartUploadResult>")
        }
        (Method::DELETE, Some(upload)) => {
            objects.uploads.remove(&upload);
            plain(204, "")
        }
        _ => error(405, "MethodNotAllowed"),
    }
}

fn list(objects: &Objects, query: &HashMap<String, String>) -> Response {
    let prefix = query.get("prefix").map(String::as_str).unwrap_or_default();
    let after = query.get("continuation-token").map(String::as_str).unwrap_or_default();
    let mut found = objects.stored.iter().filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after);
    let page: Vec<_> = found.by_ref().take(PAGE).collect();
    let mut xml = String::from("<ListBucketResult>");
    for (key, (bytes, at)) in &page {
        let at = DateTime::<Utc>::from(*at).to_rfc3339();
        xml += &format!(
            "<Contents><Key>{key}</Key><Size>{}</Size><LastModified>{at}</LastModified><ETag>\"tag\"</ETag></Contents>",
            bytes.len()
        );
    }
    if let (Some(_), Some((last, _))) = (found.next(), page.last()) {
        xml += &format!("<IsTruncated>true</IsTruncated><NextContinuationToken>{last}</NextContinuationToken>");
    }
    plain(200, &(xml + "</ListBucketResult>"))
}

fn plain(status: u16, body: &str) -> Response {
    Response::builder().status(status).body(Body::from(body.to_owned())).expect("an answer")
}

fn tagged() -> Response {
    Response::builder().header(header::ETAG, "\"tag\"").body(Body::empty()).expect("an answer")
}

fn error(status: u16, code: &str) -> Response {
    assert!(StatusCode::from_u16(status).is_ok());
    plain(status, &format!("<Error><Code>{code}</Code><Message>as the test asked</Message></Error>"))
}
