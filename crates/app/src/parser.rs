//! Parsing where it can do no harm: in a child process with limits of its own, or here in tests.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use bidlens_documents::Limits;
use bidlens_domain::document::{
    Document, DocumentId, Format, IssueCode, IssueSeverity, Language, Metadata, ParseIssue,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A document's own limits keep it far below this.
const OUTPUT_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// How files are parsed.
#[derive(Debug, Clone)]
pub enum Parser {
    InProcess,
    /// `program parse-child …`: a hostile file ends the child, not the worker.
    Child {
        program: PathBuf,
        memory_mb: u64,
        cpu_s: u64,
        /// Pages read at a time.
        threads: usize,
    },
}

impl Parser {
    /// Names all that decides how a file of this name is read, but its bytes.
    pub(crate) fn result_key(&self, name: &str, max_bytes: u64) -> String {
        bidlens_documents::result_key(name, &Limits { max_bytes, ..Limits::default() })
    }

    /// Reads one file; what went wrong is in the document's issues.
    pub(crate) async fn parse(
        &self,
        name: &str,
        sha256: &str,
        bytes: Vec<u8>,
        max_bytes: u64,
    ) -> anyhow::Result<Document> {
        match self {
            Parser::InProcess => {
                let name = name.to_owned();
                let limits = Limits { max_bytes, ..Limits::default() };
                Ok(tokio::task::spawn_blocking(move || bidlens_documents::parse_owned(&name, bytes, &limits)).await?)
            }
            Parser::Child { program, memory_mb, cpu_s, threads } => {
                let mut child = tokio::process::Command::new(program)
                    .arg("parse-child")
                    .arg(format!("--name={name}"))
                    .args(["--memory-mb", &memory_mb.to_string(), "--cpu-s", &cpu_s.to_string()])
                    .args(["--threads", &threads.to_string()])
                    .args(["--max-mb", &max_bytes.div_ceil(1_048_576).to_string()])
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::null())
                    .kill_on_drop(true)
                    .spawn()
                    .with_context(|| format!("start {}", program.display()))?;
                let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
                    anyhow::bail!("start {}: no pipes", program.display());
                };
                let feed = async move {
                    // A child that dies while it is fed is judged by its end, not by the broken pipe.
                    let _ = stdin.write_all(&bytes).await;
                };
                let mut json = Vec::new();
                let mut output = stdout.take(OUTPUT_BYTES_MAX + 1);
                let talk = async { tokio::join!(feed, output.read_to_end(&mut json)).1 };
                let wall = Duration::from_secs(cpu_s.saturating_mul(3));
                let talked = tokio::time::timeout(wall, talk).await;
                if matches!(talked, Ok(Ok(n)) if n as u64 <= OUTPUT_BYTES_MAX) && child.wait().await?.success() {
                    let read = tokio::task::spawn_blocking(move || serde_json::from_slice::<Document>(&json)).await?;
                    if let Ok(document) = read {
                        return Ok(document);
                    }
                }
                Ok(interrupted(name, sha256))
            }
        }
    }
}

fn interrupted(name: &str, sha256: &str) -> Document {
    let detail = "reading the file took more memory or time than allowed; split it or save it anew";
    unread(name, sha256, IssueCode::Interrupted, detail)
}

/// What is known of a file that could not be read.
pub(crate) fn unread(name: &str, sha256: &str, code: IssueCode, detail: &str) -> Document {
    Document {
        id: DocumentId::from_sha256(sha256),
        name: name.to_owned(),
        sha256: sha256.to_owned(),
        format: Format::Unknown,
        language: Language::Zh,
        pages: Vec::new(),
        sections: Vec::new(),
        blocks: Vec::new(),
        issues: vec![ParseIssue { code, severity: IssueSeverity::Error, page: None, detail: detail.to_owned() }],
        metadata: Metadata::default(),
        embedded: Vec::new(),
        signatures: Vec::new(),
        comments: Vec::new(),
    }
}
