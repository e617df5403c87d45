//! Parsing where it can do no harm: in a child process with limits of its own, or here in tests.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use bidlens_documents::Limits;
use bidlens_domain::document::{Document, DocumentId, Format, IssueCode, IssueSeverity, Language, Metadata, ParseIssue};
use tokio::io::AsyncWriteExt;

/// How files are parsed.
#[derive(Debug, Clone)]
pub enum Parser {
    InProcess,
    /// `program parse-child …`: a hostile file ends the child, not the worker.
    Child { program: PathBuf, memory_mb: u64, cpu_s: u64 },
}

impl Parser {
    /// Reads one file; what went wrong is in the document's issues.
    pub(crate) async fn parse(&self, name: &str, sha256: &str, bytes: Vec<u8>, max_bytes: u64) -> anyhow::Result<Document> {
        match self {
            Parser::InProcess => {
                let name = name.to_owned();
                let limits = Limits { max_bytes, ..Limits::default() };
                Ok(tokio::task::spawn_blocking(move || bidlens_documents::parse(&name, &bytes, &limits)).await?)
            }
            Parser::Child { program, memory_mb, cpu_s } => {
                let mut child = tokio::process::Command::new(program)
                    .args(["parse-child", "--name", name])
                    .args(["--memory-mb", &memory_mb.to_string(), "--cpu-s", &cpu_s.to_string()])
                    .args(["--max-mb", &max_bytes.div_ceil(1_048_576).to_string()])
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::null())
                    .kill_on_drop(true)
                    .spawn()?;
                if let Some(mut stdin) = child.stdin.take() {
                    // A child that dies while it is fed is judged by its end, not by the broken pipe.
                    let feed = async move { stdin.write_all(&bytes).await };
                    let wall = Duration::from_secs(cpu_s.saturating_mul(3));
                    let output = tokio::time::timeout(wall, async { tokio::join!(feed, child.wait_with_output()).1 }).await;
                    if let Ok(output) = output {
                        let output = output?;
                        if output.status.success() {
                            return Ok(serde_json::from_slice(&output.stdout)?);
                        }
                    }
                }
                Ok(interrupted(name, sha256))
            }
        }
    }
}

/// What is known of a file whose parser was stopped.
fn interrupted(name: &str, sha256: &str) -> Document {
    Document {
        id: DocumentId::from_sha256(sha256),
        name: name.to_owned(),
        sha256: sha256.to_owned(),
        format: Format::Unknown,
        language: Language::Zh,
        pages: Vec::new(),
        sections: Vec::new(),
        blocks: Vec::new(),
        issues: vec![ParseIssue {
            code: IssueCode::Interrupted,
            severity: IssueSeverity::Error,
            page: None,
            detail: "reading the file took more memory or time than allowed; split it or save it anew".to_owned(),
        }],
        metadata: Metadata::default(),
    }
}
