//! Packages into files: archives in archives, mails with attachments, each opened in a child process.
//!
//! What is taken out lies in a folder of its own until it is stored or read. Limits hold for a package as a whole,
//! however deep its files lie.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bidlens_documents::{Member, Unpacked, may_be_package, needs_archiver};
use bidlens_domain::document::{Document, Format, IssueCode, IssueSeverity, ParseIssue};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};

use crate::parser::{ParseLimits, Parser, Stop, child, feed, talk_with, unread};

/// How many bytes tell whether a file may be a package.
const HEAD_BYTES: usize = 16 * 1024;
/// A path and a report are far shorter.
const TEXT_BYTES_MAX: u64 = 16 << 20;

/// The files of a package.
#[derive(Debug)]
pub struct Package {
    pub files: Vec<PackageFile>,
    /// The package is to be kept as a file of its own, beside what was in it.
    pub keep: bool,
    pub issues: Vec<ParseIssue>,
    /// Removed with the package.
    _folder: tempfile::TempDir,
}

/// A file that was taken out of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageFile {
    /// Folders and name inside the package, for people.
    pub path: String,
    /// Where its bytes are, while the package is.
    pub place: PathBuf,
    pub size: u64,
}

impl Package {
    /// An archive as a file of its own: it holds no words, but says what of it could not be opened.
    pub(crate) fn as_document(&self, name: &str, sha256: &str) -> Document {
        let detail =
            format!("the file is a package of {} files and not a document; upload the files inside", self.files.len());
        let mut document = unread(name, sha256, IssueCode::Unsupported, &detail);
        document.format = Format::Package;
        if !self.issues.is_empty() {
            document.issues.clone_from(&self.issues);
        }
        document
    }
}

/// What may still be taken out of a package.
struct Budget {
    files: usize,
    bytes: u64,
}

struct Level {
    files: Vec<PackageFile>,
    report: Unpacked,
}

impl Parser {
    /// Whether a file may be a package, by its name and how it begins; [`Parser::unpack`] knows for sure.
    pub fn opens(&self, name: &str, bytes: &[u8]) -> bool {
        may_be_package(name, bytes.get(..bytes.len().min(HEAD_BYTES)).unwrap_or_default())
    }

    /// Takes a package apart, with the packages inside it; `None` when the file is no package.
    pub async fn unpack(&self, name: &str, bytes: Vec<u8>, max_bytes: u64) -> anyhow::Result<Option<Package>> {
        if !self.opens(name, &bytes) {
            return Ok(None);
        }
        let limits = self.limits();
        let folder = tempfile::Builder::new().prefix("bidlens-").tempdir().context("make a folder for a package")?;
        let mut budget = Budget { files: limits.package_files, bytes: limits.package_mb.saturating_mul(1 << 20) };
        let mut taken = 0usize;
        let Some(top) = self.level(name, bytes, max_bytes, folder.path(), &mut taken, &budget).await? else {
            return Ok(None);
        };
        budget.spend(&top.files);
        let mut package =
            Package { files: Vec::new(), keep: top.report.keep, issues: top.report.issues, _folder: folder };
        // Depth first and in order, so that the files of an inner package stand where it stood.
        let mut open: Vec<(PackageFile, usize)> = top.files.into_iter().rev().map(|f| (f, 1)).collect();
        while let Some((file, depth)) = open.pop() {
            let inner = if depth < limits.package_depth && is_package(&file).await? {
                let bytes = tokio::fs::read(&file.place).await.context("read a file of a package")?;
                self.level(&file.path, bytes, max_bytes, package._folder.path(), &mut taken, &budget).await?
            } else {
                None
            };
            let Some(inner) = inner else {
                package.files.push(file);
                continue;
            };
            budget.spend(&inner.files);
            let children = inner.files.into_iter().rev().map(|f| {
                let path = format!("{}/{}", file.path, f.path);
                (PackageFile { path, ..f }, depth + 1)
            });
            open.extend(children);
            if inner.report.keep {
                package.files.push(file);
            }
        }
        Ok(Some(package))
    }

    /// One level of a package; `None` when the file is none.
    async fn level(
        &self,
        name: &str,
        bytes: Vec<u8>,
        max_bytes: u64,
        folder: &Path,
        taken: &mut usize,
        budget: &Budget,
    ) -> anyhow::Result<Option<Level>> {
        let mut limits = self.limits();
        limits.package_files = budget.files;
        limits.package_mb = budget.bytes >> 20;
        let mut bytes = bytes;
        let mut name = name.to_owned();
        let foreign = needs_archiver(&bytes);
        if foreign && let Parser::Child { program, converters, .. } = self {
            match converters.to_zip(program, &limits, std::mem::take(&mut bytes)).await? {
                Some(Ok(zip)) => {
                    bytes = zip;
                    name = "converted.zip".to_owned();
                }
                Some(Err(stop)) => return Ok(Some(Level::refused(archiver_refused(&stop, &limits)))),
                None => return Ok(Some(Level::refused(Stop::Failed(NO_ARCHIVER.to_owned()).detail(&limits)))),
            }
        }
        match self {
            Parser::InProcess => {
                let folder = folder.to_owned();
                let mut first = *taken;
                let task = move || {
                    let mut files = Vec::new();
                    let mut failed = None;
                    let mut keep = |member: Member| {
                        let place = folder.join(first.to_string());
                        first += 1;
                        let size = member.bytes.len() as u64;
                        match std::fs::write(&place, &member.bytes) {
                            Ok(()) => files.push(PackageFile { path: member.path, place, size }),
                            Err(error) => failed = Some(error),
                        }
                        failed.is_none()
                    };
                    let report = bidlens_documents::unpack(&name, &bytes, &limits.reader(max_bytes), &mut keep);
                    match failed {
                        Some(error) => Err(anyhow::Error::from(error).context("write a file of a package")),
                        None => Ok(report.map(|report| Level { files, report })),
                    }
                };
                let level = tokio::task::spawn_blocking(task).await??;
                *taken += level.as_ref().map_or(0, |l| l.files.len());
                Ok(level)
            }
            Parser::Child { program, .. } => {
                let mut command = child(program, "unpack-child", &limits, &name, max_bytes);
                let (place, first) = (folder.to_owned(), *taken);
                let bytes_max = budget.bytes;
                let talk = move |stdin, stdout| async move {
                    feed(stdin, bytes, take_files(stdout, &place, first, bytes_max)).await
                };
                match talk_with(&mut command, limits.wall_s, talk).await? {
                    // bsdtar takes what it cannot read for the end of the archive.
                    Ok(Some(level)) if foreign && level.files.is_empty() => {
                        Ok(Some(Level::refused(EMPTY_ARCHIVE.to_owned())))
                    }
                    Ok(Some(level)) => {
                        *taken += level.files.len();
                        Ok(Some(level))
                    }
                    Ok(None) => Ok(None),
                    Err(stop) => Ok(Some(Level::refused(stop.detail(&limits)))),
                }
            }
        }
    }
}

const NO_ARCHIVER: &str = "RAR needs the program bsdtar, which is not installed (Debian package libarchive-tools)";

const EMPTY_ARCHIVE: &str = "the archive cannot be opened (no file was found in it); it may be cut off or protected by a password: pack its files anew as a ZIP and upload that";

fn archiver_refused(stop: &Stop, limits: &ParseLimits) -> String {
    match stop {
        Stop::Failed(reason) if ["ncrypt", "assphrase", "assword"].iter().any(|w| reason.contains(w)) => {
            "the archive is protected by a password; pack its files anew without one and upload that".to_owned()
        }
        Stop::Failed(reason) => {
            format!("the archive cannot be opened ({reason}); pack its files anew as a ZIP and upload that")
        }
        stop => stop.detail(limits),
    }
}

impl Level {
    /// A package that cannot be opened is kept as it is.
    fn refused(detail: String) -> Level {
        let issue = ParseIssue { code: IssueCode::Interrupted, severity: IssueSeverity::Error, page: None, detail };
        Level { files: Vec::new(), report: Unpacked { members: 0, keep: true, issues: vec![issue] } }
    }
}

impl Budget {
    fn spend(&mut self, files: &[PackageFile]) {
        self.files = self.files.saturating_sub(files.len());
        self.bytes = self.bytes.saturating_sub(files.iter().map(|f| f.size).sum());
    }
}

async fn is_package(file: &PackageFile) -> anyhow::Result<bool> {
    let opened = tokio::fs::File::open(&file.place).await.context("open a file of a package")?;
    let mut head = Vec::new();
    opened.take(HEAD_BYTES as u64).read_to_end(&mut head).await.context("read a file of a package")?;
    Ok(may_be_package(&file.path, &head))
}

/// Takes files from the child that unpacks: each as `M`, length and bytes of its path, length and bytes; then `E`
/// with the report, or `N` where there is no package. Lengths are eight bytes, low first.
///
/// `None` inside: the child sent more than it may.
async fn take_files(
    stdout: impl AsyncRead + Unpin,
    folder: &Path,
    first: usize,
    bytes_max: u64,
) -> anyhow::Result<Option<Option<Level>>> {
    let mut from = BufReader::new(stdout);
    let mut files: Vec<PackageFile> = Vec::new();
    let mut left = bytes_max;
    loop {
        match from.read_u8().await.context("read from the child that unpacks")? {
            b'N' => return Ok(Some(None)),
            b'E' => {
                let report = text(&mut from).await?;
                let (members, keep, issues) = serde_json::from_str(&report).context("read the report of a package")?;
                return Ok(Some(Some(Level { files, report: Unpacked { members, keep, issues } })));
            }
            b'M' => {
                let path = text(&mut from).await?;
                let size = from.read_u64_le().await.context("read from the child that unpacks")?;
                if size > left {
                    return Ok(None);
                }
                left -= size;
                let place = folder.join((first + files.len()).to_string());
                let mut file = tokio::fs::File::create(&place).await.context("write a file of a package")?;
                let copied = tokio::io::copy(&mut (&mut from).take(size), &mut file).await;
                if copied.context("write a file of a package")? != size {
                    bail!("read from the child that unpacks: {path} is cut off");
                }
                file.flush().await.context("write a file of a package")?;
                files.push(PackageFile { path, place, size });
            }
            other => bail!("read from the child that unpacks: {other} begins no message"),
        }
    }
}

async fn text(from: &mut (impl AsyncRead + Unpin)) -> anyhow::Result<String> {
    let length = from.read_u64_le().await.context("read from the child that unpacks")?;
    if length > TEXT_BYTES_MAX {
        bail!("read from the child that unpacks: a text of {length} bytes");
    }
    let mut bytes = Vec::new();
    let count = from.take(length).read_to_end(&mut bytes).await.context("read from the child that unpacks")?;
    if count as u64 != length {
        bail!("read from the child that unpacks: a text is cut off");
    }
    String::from_utf8(bytes).context("read from the child that unpacks")
}
