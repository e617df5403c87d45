//! Parsing where it can do no harm: in a child process with limits of its own, or here in tests.
//!
//! A child that meets a limit ends, and its file gets one issue that names the limit and the setting that raises
//! it; the worker goes on. What a child may do is decided by the child itself, see `bidlens::sandbox`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use bidlens_documents::Limits;
use bidlens_domain::document::{
    Document, DocumentId, Format, IssueCode, IssueSeverity, Language, Metadata, ParseIssue,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout, Command};

use crate::converter::Converters;
use crate::recogniser::{PageReport, Recogniser};

/// What a child says at its end is kept up to here.
const STDERR_BYTES_MAX: u64 = 16 * 1024;

/// How files are parsed.
#[derive(Debug, Clone)]
pub enum Parser {
    InProcess,
    /// `program parse-child …`: a hostile file ends the child, not the worker.
    Child {
        program: PathBuf,
        limits: ParseLimits,
        converters: Converters,
        /// Reads pages that hold no words of their own; without one they stay unreadable.
        recogniser: Option<Recogniser>,
    },
}

/// What one file may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseLimits {
    /// Address space of a child.
    pub memory_mb: u64,
    pub cpu_s: u64,
    /// By the clock, from start to end.
    pub wall_s: u64,
    /// What a child may send back.
    pub output_mb: u64,
    /// Of one file that a converter writes.
    pub file_mb: u64,
    /// Processes of a converter.
    pub processes: u64,
    pub pages: u32,
    /// What the parts of one office file inflate to together.
    pub inflated_mb: u64,
    /// What the files of one package are together.
    pub package_mb: u64,
    /// Files in one package, those of packages inside it included.
    pub package_files: usize,
    /// Packages inside packages.
    pub package_depth: usize,
    /// Pages read at a time; 0 for as many as the machine has processors.
    pub threads: usize,
}

impl Default for ParseLimits {
    fn default() -> Self {
        ParseLimits {
            memory_mb: 4_096,
            cpu_s: 600,
            wall_s: 1_200,
            output_mb: 512,
            file_mb: 512,
            processes: 64,
            pages: 5_000,
            inflated_mb: 300,
            package_mb: 1_024,
            package_files: 500,
            package_depth: 3,
            threads: 0,
        }
    }
}

impl ParseLimits {
    /// The limits of the reader itself, for files of at most `max_bytes`.
    pub fn reader(&self, max_bytes: u64) -> Limits {
        Limits {
            max_bytes,
            max_pages: self.pages,
            max_inflated_bytes: self.inflated_mb.saturating_mul(1 << 20),
            max_unpacked_bytes: self.package_mb.saturating_mul(1 << 20),
            max_members: self.package_files,
            threads: self.threads,
            ..Limits::default()
        }
    }
}

/// Why a child gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    Memory,
    Cpu,
    Wall,
    Output,
    FileSize,
    Depth,
    /// Something else ended it: the kernel out of memory, or a person.
    Outside(i32),
    /// It ended by itself and said why.
    Failed(String),
}

impl Stop {
    /// One line for the file's issues.
    pub(crate) fn detail(&self, limits: &ParseLimits) -> String {
        let more = |what: String, setting: &str| {
            format!("reading the file {what}; split it or save it anew, or raise {setting}")
        };
        match self {
            Stop::Memory => {
                more(format!("needed more than the {} MB of memory allowed", limits.memory_mb), "BIDLENS_PARSE_MEMORY_MB")
            }
            Stop::Cpu => {
                more(format!("took more than the {} s of computing allowed", limits.cpu_s), "BIDLENS_PARSE_CPU_S")
            }
            Stop::Wall => more(format!("took longer than the {} s allowed", limits.wall_s), "BIDLENS_PARSE_WALL_S"),
            Stop::Output => {
                more(format!("gave more than the {} MB of text allowed", limits.output_mb), "BIDLENS_PARSE_OUTPUT_MB")
            }
            Stop::FileSize => {
                more(format!("wrote more than the {} MB allowed", limits.file_mb), "BIDLENS_PARSE_FILE_MB")
            }
            Stop::Depth => {
                "the file nests deeper than its reader can follow; open it in its own program, save it anew and upload that".to_owned()
            }
            Stop::Outside(signal) => format!(
                "reading the file was ended from outside (signal {signal}), perhaps because the machine ran out of memory; read it again, or lower BIDLENS_PARSE_MEMORY_MB"
            ),
            Stop::Failed(reason) => {
                let reason = if reason.is_empty() { "it gave no reason" } else { reason };
                format!("the reader of the file failed ({reason}); open the file in its own program, save it anew and upload that")
            }
        }
    }
}

impl Parser {
    /// The limits under which files are read.
    pub fn limits(&self) -> ParseLimits {
        match self {
            Parser::InProcess => ParseLimits::default(),
            Parser::Child { limits, .. } => limits.clone(),
        }
    }

    /// Reads so many pages of a file at a time, unless a setting says how many.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Parser {
        if let Parser::Child { limits, .. } = &mut self
            && limits.threads == 0
        {
            limits.threads = threads;
        }
        self
    }

    /// Names all that decides how a file of this name is read, but its bytes.
    pub(crate) async fn result_key(&self, name: &str, max_bytes: u64) -> anyhow::Result<String> {
        let key = bidlens_documents::result_key(name, &self.limits().reader(max_bytes));
        let identity = match self {
            Parser::Child { recogniser: Some(recogniser), .. } => recogniser.identity().await?,
            Parser::Child { recogniser: None, .. } | Parser::InProcess => None,
        };
        Ok(match identity {
            Some(identity) => sha256(format!("{key}\n{identity}").as_bytes()),
            None => key,
        })
    }

    /// Reads one file into the JSON that people are shown, and its issues, without taking it in here.
    ///
    /// `None` when there is nothing to show; [`Parser::parse`] tells why.
    pub async fn parse_printed(
        &self,
        name: &str,
        bytes: Vec<u8>,
        max_bytes: u64,
    ) -> anyhow::Result<Option<(Vec<ParseIssue>, Vec<u8>)>> {
        let Parser::Child { program, limits, recogniser, .. } = self else { return Ok(None) };
        let mut command = child(program, "parse-child", limits, name, max_bytes);
        command.arg("--printed");
        let Ok(answer) = talk(&mut command, bytes, limits.wall_s, limits.output_mb).await? else { return Ok(None) };
        let Some((length, rest)) = answer.split_first_chunk::<8>() else { return Ok(None) };
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let Some((issues, printed)) = rest.split_at_checked(length) else { return Ok(None) };
        let issues: Vec<ParseIssue> = serde_json::from_slice(issues).context("read the issues of a file")?;
        // Pages to be recognised are printed when they have been.
        if recogniser.is_some()
            && issues.iter().any(|i| matches!(i.code, IssueCode::UnreadablePage | IssueCode::UnreadPicture))
        {
            return Ok(None);
        }
        Ok(Some((issues, printed.to_vec())))
    }

    /// Reads one file; what went wrong is in the document's issues.
    ///
    /// What the readers of this program refuse is read a second time through LibreOffice, where it is installed.
    ///
    /// Pages without words of their own are recognised, where an engine is there; `report` hears of each.
    pub async fn parse(
        &self,
        name: &str,
        sha256: &str,
        bytes: Vec<u8>,
        max_bytes: u64,
        report: PageReport<'_>,
    ) -> anyhow::Result<Document> {
        let Parser::Child { program, limits, recogniser: Some(recogniser), .. } = self else {
            return self.parse_words(name, sha256, bytes, max_bytes).await;
        };
        let document = self.parse_words(name, sha256, bytes.clone(), max_bytes).await?;
        let read = recogniser.read(program, limits, max_bytes, &document, bytes.clone(), report).await?;
        let Some((pages, issues)) = read else { return Ok(document) };
        let mut document = if pages.is_empty() {
            document
        } else {
            let words = serde_json::to_vec(&pages).context("write recognised words")?;
            let mut command = child(program, "parse-child", limits, name, max_bytes);
            command.arg("--recognised-bytes").arg(words.len().to_string());
            document_of(&mut command, limits, name, sha256, [words, bytes].concat()).await?
        };
        let told = |issue: &ParseIssue| issues.iter().any(|i| i.page.is_some() && i.page == issue.page);
        document.issues.retain(|issue| issue.code != IssueCode::UnreadablePage || !told(issue));
        document.issues.extend(issues);
        Ok(document)
    }

    /// Reads the words that the file itself holds.
    async fn parse_words(&self, name: &str, sha256: &str, bytes: Vec<u8>, max_bytes: u64) -> anyhow::Result<Document> {
        match self {
            Parser::InProcess => {
                let name = name.to_owned();
                let limits = self.limits().reader(max_bytes);
                Ok(tokio::task::spawn_blocking(move || bidlens_documents::parse_owned(&name, bytes, &limits)).await?)
            }
            Parser::Child { program, limits, converters, recogniser: _ } => {
                if bidlens_documents::is_archive(name, &bytes)
                    && let Some(package) = self.unpack(name, bytes.clone(), max_bytes).await?
                {
                    return Ok(package.as_document(name, sha256));
                }
                let target = bidlens_documents::second_reader(&bytes).filter(|_| converters.office.is_some());
                let kept = target.map(|_| bytes.clone());
                let document = parse_in_child(program, limits, name, sha256, bytes, max_bytes).await?;
                let (Some(target), Some(bytes)) = (target, kept) else { return Ok(document) };
                if !document.blocks.is_empty() || !wants_second_reader(&document) {
                    return Ok(document);
                }
                let converted = converters.convert(program, limits, name, target, bytes).await?;
                let mut second = match converted {
                    Ok(converted) => {
                        let name = format!("converted.{}", target.extension());
                        parse_in_child(program, limits, &name, sha256, converted, max_bytes).await?
                    }
                    Err(stop) => {
                        let mut document = document;
                        document.issues.push(ParseIssue {
                            code: IssueCode::Interrupted,
                            severity: IssueSeverity::Error,
                            page: None,
                            detail: format!("LibreOffice could not read it either: {}", stop.detail(limits)),
                        });
                        return Ok(document);
                    }
                };
                second.id = document.id;
                second.name = document.name;
                second.sha256 = document.sha256;
                second.format = target.format();
                second.issues.insert(
                    0,
                    ParseIssue {
                        code: IssueCode::Converted,
                        severity: IssueSeverity::Info,
                        page: None,
                        detail: "the file was read through LibreOffice, which may place and number things otherwise than the program that wrote it".to_owned(),
                    },
                );
                Ok(second)
            }
        }
    }
}

fn wants_second_reader(document: &Document) -> bool {
    let refused = [IssueCode::Unsupported, IssueCode::Malformed, IssueCode::Truncated, IssueCode::Empty];
    document.issues.iter().any(|i| i.severity == IssueSeverity::Error && refused.contains(&i.code))
}

async fn parse_in_child(
    program: &Path,
    limits: &ParseLimits,
    name: &str,
    sha256: &str,
    bytes: Vec<u8>,
    max_bytes: u64,
) -> anyhow::Result<Document> {
    let mut command = child(program, "parse-child", limits, name, max_bytes);
    document_of(&mut command, limits, name, sha256, bytes).await
}

/// The document that a child answers with when it is given `input`.
async fn document_of(
    command: &mut Command,
    limits: &ParseLimits,
    name: &str,
    sha256: &str,
    input: Vec<u8>,
) -> anyhow::Result<Document> {
    match talk(command, input, limits.wall_s, limits.output_mb).await? {
        Ok(json) => match tokio::task::spawn_blocking(move || serde_json::from_slice::<Document>(&json)).await? {
            Ok(document) => Ok(document),
            Err(error) => {
                let stop = Stop::Failed(format!("its answer cannot be read: {error}"));
                Ok(unread(name, sha256, IssueCode::Interrupted, &stop.detail(limits)))
            }
        },
        Err(stop) => Ok(unread(name, sha256, IssueCode::Interrupted, &stop.detail(limits))),
    }
}

/// `program VERB …` with the limits that the child puts on itself.
pub(crate) fn child(program: &Path, verb: &str, limits: &ParseLimits, name: &str, max_bytes: u64) -> Command {
    let mut command = Command::new(program);
    command.arg(verb).arg(format!("--name={name}"));
    for (flag, value) in [
        ("--memory-mb", limits.memory_mb),
        ("--cpu-s", limits.cpu_s),
        ("--max-mb", max_bytes.div_ceil(1 << 20)),
        ("--pages", u64::from(limits.pages)),
        ("--inflated-mb", limits.inflated_mb),
        ("--package-mb", limits.package_mb),
        ("--package-files", limits.package_files as u64),
        ("--threads", limits.threads as u64),
    ] {
        command.arg(flag).arg(value.to_string());
    }
    command
}

/// Runs a child, gives it `input`, and takes what it writes on standard output.
pub(crate) async fn talk(
    command: &mut Command,
    input: Vec<u8>,
    wall_s: u64,
    output_mb: u64,
) -> anyhow::Result<Result<Vec<u8>, Stop>> {
    let max = output_mb.saturating_mul(1 << 20);
    let talk = move |stdin, stdout: ChildStdout| async move {
        let mut answer = Vec::new();
        let mut output = stdout.take(max.saturating_add(1));
        feed(stdin, input, output.read_to_end(&mut answer)).await.context("read from a child")?;
        Ok((answer.len() as u64 <= max).then_some(answer))
    };
    talk_with(command, wall_s, talk).await
}

/// Gives a child its input while `read` reads its answer, and ends with the answer.
pub(crate) async fn feed<T>(mut stdin: ChildStdin, input: Vec<u8>, read: impl Future<Output = T>) -> T {
    let write = async move {
        // A child that dies while it is fed is judged by its end, not by the broken pipe.
        let _ = stdin.write_all(&input).await;
    };
    let mut read = std::pin::pin!(read);
    tokio::select! {
        answer = &mut read => answer,
        () = write => read.await,
    }
}

/// Runs a child and lets `talk` write to it and read from it; `None` from that means: it answers more than allowed.
pub(crate) async fn talk_with<T, F>(
    command: &mut Command,
    wall_s: u64,
    talk: impl FnOnce(ChildStdin, ChildStdout) -> F,
) -> anyhow::Result<Result<T, Stop>>
where
    F: Future<Output = anyhow::Result<Option<T>>>,
{
    // Nothing of the environment, which may hold passwords, is for programs that read files from outside.
    let started = command
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("LC_ALL", "C.UTF-8")
        // One processor for each: several run beside each other as it is.
        .env("OMP_THREAD_LIMIT", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut child = started.with_context(|| format!("start {}", command.as_std().get_program().display()))?;
    let group = Group(child.id());
    let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        anyhow::bail!("start a child: no pipes");
    };
    let talk = talk(stdin, stdout);
    let talk = async {
        let taken = talk.await;
        if matches!(taken, Ok(None) | Err(_)) {
            // Nobody reads it any more: it would wait for ever.
            group.kill();
        }
        taken
    };
    let mut said = Vec::new();
    let listen = async {
        let mut stderr = stderr;
        let _ = (&mut stderr).take(STDERR_BYTES_MAX).read_to_end(&mut said).await;
        // What it says beyond is let go, so that it does not wait for a reader.
        let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
    };
    let whole = async {
        let (taken, ()) = tokio::join!(talk, listen);
        (taken, child.wait().await)
    };
    let Ok((taken, status)) = tokio::time::timeout(Duration::from_secs(wall_s), whole).await else {
        return Ok(Err(Stop::Wall));
    };
    let status = status.context("wait for a child")?;
    let stop = (!status.success()).then(|| ended(status, &String::from_utf8_lossy(&said)));
    match (taken, stop) {
        (Ok(None), _) => Ok(Err(Stop::Output)),
        (Ok(Some(answer)), None) => Ok(Ok(answer)),
        // What it sent before it was stopped is cut off somewhere; why it was stopped is what counts.
        (Ok(Some(_)), Some(stop)) => Ok(Err(stop)),
        (Err(error), Some(stop)) if is_cut_off(&error) => Ok(Err(stop)),
        (Err(error), _) => Err(error),
    }
}

fn is_cut_off(error: &anyhow::Error) -> bool {
    let cause = error.root_cause().downcast_ref::<std::io::Error>();
    cause.is_some_and(|e| e.kind() == std::io::ErrorKind::UnexpectedEof)
}

/// What ended a child that did not succeed.
fn ended(status: std::process::ExitStatus, said: &str) -> Stop {
    use std::os::unix::process::ExitStatusExt;

    let no_memory = ["memory allocation of", "Cannot allocate memory", "out of memory"];
    if no_memory.iter().any(|words| said.contains(words)) {
        return Stop::Memory;
    }
    if said.contains("overflowed its stack") {
        return Stop::Depth;
    }
    // A shell between this process and the one that was ended tells the signal in its exit code.
    let signal = status.signal().or_else(|| status.code().filter(|c| (129..160).contains(c)).map(|c| c - 128));
    match signal {
        Some(SIGXCPU) => Stop::Cpu,
        Some(SIGXFSZ) => Stop::FileSize,
        Some(signal) => Stop::Outside(signal),
        None => {
            let line = said.lines().rev().find(|l| !l.trim().is_empty()).unwrap_or_default();
            Stop::Failed(line.trim().chars().take(300).collect())
        }
    }
}

const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;

/// A child with all that it started; killed when it is let go of before its end.
struct Group(Option<u32>);

impl Group {
    fn kill(&self) {
        let pid = self.0.and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            // It may have ended by itself.
            let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
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

/// The hex SHA-256 of a file's bytes, as documents and the file store know it.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;

    #[test]
    fn a_child_without_memory_names_the_limit_and_its_setting() {
        let failed = ExitStatus::from_raw(1 << 8);
        for said in ["memory allocation of 64 bytes failed", "error: read the file: out of memory"] {
            let stop = ended(failed, said);
            assert_eq!(stop, Stop::Memory, "{said}");
            let detail = stop.detail(&ParseLimits { memory_mb: 50, ..ParseLimits::default() });
            assert!(detail.contains("50 MB") && detail.contains("BIDLENS_PARSE_MEMORY_MB"), "{detail}");
        }
        assert_eq!(ended(failed, "error: broken"), Stop::Failed("error: broken".to_owned()));
    }
}
