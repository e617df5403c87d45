//! Packages of files: ZIP and 7Z archives, mails with attachments. One level at a time, under limits.
//!
//! A member's path is for people: it is cleaned, and nobody makes a path on a disk of it. Sizes an archive declares
//! are never believed. What of a package cannot be read is in its issues; the other members are still given out.

use std::io::{Cursor, Read};

use bidlens_domain::document::{IssueCode, IssueSeverity, ParseIssue};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::detect::{self, Kind, Package};
use crate::limits::Limits;
use crate::mail;
use crate::raw::Refusal;
use crate::text::decode;

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Folders and name inside the package, joined by `/`; never empty, never a way out.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// What came of unpacking.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unpacked {
    pub members: usize,
    /// The package is to be kept as a file of its own: a mail has words, and a broken archive has something to say.
    pub keep: bool,
    pub issues: Vec<ParseIssue>,
}

/// Signs of a member that inflates absurdly: more than this many times its size, and more than some MB.
const RATIO_MAX: u64 = 1_000;
const RATIO_FROM: u64 = 64 << 20;
const PATH_CHARS_MAX: usize = 200;

/// Whether a file may be a package, by its name and its first bytes; [`unpack()`] knows for sure.
pub fn may_be_package(name: &str, head: &[u8]) -> bool {
    const OFFICE: &[&str] = &[
        "docx", "docm", "dotx", "dotm", "xlsx", "xlsm", "xltx", "xltm", "xlsb", "pptx", "pptm", "odt", "ods", "odp",
        "ofd", "doc", "dot", "wps", "xls", "et", "ppt", "dps",
    ];
    if OFFICE.contains(&detect::extension(name).as_str()) {
        return false;
    }
    head.starts_with(b"PK\x03\x04")
        || head.starts_with(b"PK\x05\x06")
        || detect::archive_signature(head).is_some()
        || crate::ole::is_ole(head)
        || mail::looks_like_mail(name, head)
}

/// Whether a file may be an archive, which holds files and no words of its own.
pub fn is_archive(name: &str, bytes: &[u8]) -> bool {
    let archive = bytes.starts_with(b"PK") || detect::archive_signature(bytes).is_some();
    archive && may_be_package(name, bytes)
}

/// Whether this archive is one that another program has to turn into a ZIP first (RAR and archives of Unix).
pub fn needs_archiver(bytes: &[u8]) -> bool {
    matches!(detect::archive_signature(bytes), Some(Package::Rar | Package::Other))
}

/// Gives the files of a package to `each`, which says whether it takes more; `None` when it is no package.
pub fn unpack(name: &str, bytes: &[u8], limits: &Limits, each: &mut dyn FnMut(Member) -> bool) -> Option<Unpacked> {
    let kind = match detect::kind(name, bytes, limits) {
        Ok(kind) => kind,
        Err(refusal) if detect::archive_signature(bytes).is_some() || bytes.starts_with(b"PK") => {
            return may_be_package(name, bytes).then(|| failed(refusal));
        }
        Err(_) => return None,
    };
    let mut out = Out { limits, each, left: limits.max_unpacked_bytes, done: Unpacked::default() };
    let run = std::panic::AssertUnwindSafe(|| match kind {
        Kind::Package(Package::Zip) => out.zip(bytes).map(Some),
        Kind::Package(Package::SevenZ) => out.seven_z(bytes).map(Some),
        Kind::Package(package @ (Package::Rar | Package::Other)) => Err(package.refusal()),
        Kind::Mail | Kind::Msg => out.mail(name, kind, bytes).map(Some),
        _ => Ok(None),
    });
    let result = std::panic::catch_unwind(run).unwrap_or_else(|_| {
        Err(Refusal::new(
            IssueCode::Malformed,
            "the package is damaged in a way its reader could not handle; pack its files anew and upload that",
        ))
    });
    match result {
        Ok(None) => None,
        Ok(Some(())) => {
            let mut done = out.done;
            done.keep |= !done.issues.is_empty();
            Some(done)
        }
        Err(refusal) => {
            let mut done = out.done;
            done.keep = true;
            done.issues.push(issue(refusal));
            Some(done)
        }
    }
}

/// What is to be said of a package that reaches the readers as a file: why it was not unpacked, or not all of it.
pub(crate) fn refusal(name: &str, bytes: &[u8], limits: &Limits) -> Refusal {
    let mut names = Vec::new();
    let done = unpack(name, bytes, limits, &mut |member| {
        names.push(member.path);
        true
    });
    let issues = done.map(|d| d.issues).unwrap_or_default();
    if let Some(first) = issues.first() {
        let details: Vec<&str> = issues.iter().map(|i| i.detail.as_str()).take(20).collect();
        return Refusal::new(first.code, details.join("; "));
    }
    let shown: Vec<&str> = names.iter().map(String::as_str).take(5).collect();
    let more = if names.len() > shown.len() { ", …" } else { "" };
    Refusal::new(
        IssueCode::Unsupported,
        format!(
            "the file is a package of {} files ({}{more}) and not a document; upload the files inside",
            names.len(),
            shown.join(", ")
        ),
    )
}

fn failed(refusal: Refusal) -> Unpacked {
    Unpacked { members: 0, keep: true, issues: vec![issue(refusal)] }
}

fn cut_off(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(
        IssueCode::Truncated,
        format!("the archive is cut off or damaged ({error}); copy or pack it again and upload it once more"),
    )
}

fn issue(refusal: Refusal) -> ParseIssue {
    ParseIssue { code: refusal.code, severity: IssueSeverity::Error, page: None, detail: refusal.detail }
}

struct Out<'a> {
    limits: &'a Limits,
    each: &'a mut dyn FnMut(Member) -> bool,
    /// Bytes that may still be given out.
    left: u64,
    done: Unpacked,
}

impl Out<'_> {
    fn problem(&mut self, code: IssueCode, detail: String) {
        self.done.issues.push(issue(Refusal::new(code, detail)));
    }

    /// `false` when no more is wanted.
    fn give(&mut self, path: String, bytes: Vec<u8>) -> bool {
        self.left = self.left.saturating_sub(bytes.len() as u64);
        self.done.members += 1;
        (self.each)(Member { path, bytes })
    }

    fn too_many(&mut self) -> bool {
        if self.done.members < self.limits.max_members {
            return false;
        }
        self.problem(
            IssueCode::ExpansionLimit,
            format!(
                "only the first {} files of the package were read; split it, or raise BIDLENS_PARSE_PACKAGE_FILES",
                self.limits.max_members
            ),
        );
        true
    }

    /// Reads a member to its end, or says why not. `packed` is its size in the archive.
    fn take(&mut self, path: &str, packed: u64, reader: &mut dyn Read) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut chunk = vec![0u8; 64 << 10];
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(0) => return Some(bytes),
                Ok(count) => count,
                Err(error) => {
                    self.problem(
                        IssueCode::Malformed,
                        format!("{path}: the file is damaged in its package ({error}); pack it anew and upload that"),
                    );
                    return None;
                }
            };
            let size = (bytes.len() + count) as u64;
            if size > self.limits.max_bytes {
                self.problem(
                    IssueCode::TooLarge,
                    format!(
                        "{path}: the file has more than the {} MB allowed; split it, or raise BIDLENS_MAX_UPLOAD_MB",
                        self.limits.max_bytes >> 20
                    ),
                );
                return None;
            }
            if size > self.left {
                self.problem(
                    IssueCode::ExpansionLimit,
                    format!(
                        "{path}: the files of the package are more than the {} MB allowed; split it, or raise BIDLENS_PARSE_PACKAGE_MB",
                        self.limits.max_unpacked_bytes >> 20
                    ),
                );
                self.left = 0;
                return None;
            }
            if size > RATIO_FROM && packed > 0 && size / packed > RATIO_MAX {
                self.problem(
                    IssueCode::ExpansionLimit,
                    format!("{path}: the file inflates to more than {RATIO_MAX} times its size, as no document does; it was left out"),
                );
                return None;
            }
            bytes.extend_from_slice(chunk.get(..count).unwrap_or_default());
        }
    }

    fn zip(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| cut_off(&error))?;
        // Old Chinese programs write names in GBK without saying so; all names together tell it better than one.
        let raw_names: Vec<Vec<u8>> = archive.file_names_raw().map(<[u8]>::to_vec).collect();
        let names = names(&raw_names);
        for (index, name) in names.iter().enumerate() {
            if self.left == 0 || self.too_many() {
                break;
            }
            let Some(path) = cleaned(name) else { continue };
            let mut file = match archive.by_index(index) {
                Ok(file) => file,
                Err(error) => {
                    self.bad_member(&path, &error);
                    continue;
                }
            };
            if !file.is_file() {
                continue;
            }
            let packed = file.compressed_size();
            let Some(content) = self.take(&path, packed, &mut file) else { continue };
            drop(file);
            if !self.give(path, content) {
                break;
            }
        }
        Ok(())
    }

    fn bad_member(&mut self, path: &str, error: &ZipError) {
        match error {
            ZipError::InvalidPassword => self.locked(path),
            ZipError::UnsupportedArchive(reason) if reason.to_lowercase().contains("password") => self.locked(path),
            ZipError::CompressionMethodNotSupported(_) | ZipError::UnsupportedArchive(_) => self.problem(
                IssueCode::Unsupported,
                format!("{path}: packed in a way that is not read ({error}); pack it anew as a plain ZIP"),
            ),
            _ => self.problem(
                IssueCode::Malformed,
                format!("{path}: the file is damaged in its package ({error}); pack it anew and upload that"),
            ),
        }
    }

    fn locked(&mut self, path: &str) {
        self.problem(
            IssueCode::Encrypted,
            format!("{path}: the file is protected by a password; pack it anew without one and upload that"),
        );
    }

    fn seven_z(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        use sevenz_rust2::{ArchiveReader, Error, Password};

        let refused = |error: &Error| match error {
            Error::PasswordRequired | Error::MaybeBadPassword(_) => Refusal::new(
                IssueCode::Encrypted,
                "the archive is protected by a password; pack its files anew without one and upload that",
            ),
            Error::UnsupportedCompressionMethod(_) | Error::Unsupported(_) => Refusal::new(
                IssueCode::Unsupported,
                format!("the archive is packed in a way that is not read ({error}); pack its files as a plain ZIP"),
            ),
            Error::Io(error, _) => cut_off(error),
            error => cut_off(error),
        };
        let mut reader = ArchiveReader::new(Cursor::new(bytes), Password::empty()).map_err(|e| refused(&e))?;
        reader.set_thread_count(1);
        let result = reader.for_each_entries(|entry, content| {
            if entry.is_directory() || !entry.has_stream() {
                return Ok(true);
            }
            if self.left == 0 || self.too_many() {
                return Ok(false);
            }
            let Some(path) = cleaned(entry.name()) else {
                // In a solid archive what is not read blocks what follows.
                std::io::copy(&mut content.take(self.left), &mut std::io::sink())?;
                return Ok(true);
            };
            let packed = bytes.len() as u64;
            match self.take(&path, packed, content) {
                Some(content) => Ok(self.give(path, content)),
                // Where in the stream the next file begins is not known any more.
                None => Ok(false),
            }
        });
        result.map_err(|e| refused(&e))
    }

    fn mail(&mut self, name: &str, kind: Kind, bytes: &[u8]) -> Result<(), Refusal> {
        let mail = mail::open(name, kind, bytes, self.limits)?;
        self.done.keep = true;
        for attachment in mail.attachments.into_iter().filter(|a| !a.inline) {
            if self.left == 0 || self.too_many() {
                break;
            }
            let Some(path) = cleaned(&attachment.name) else { continue };
            let Some(content) = self.take(&path, 0, &mut attachment.bytes.as_slice()) else { continue };
            if !self.give(path, content) {
                break;
            }
        }
        Ok(())
    }
}

/// The names of an archive's entries as text.
fn names(raw: &[Vec<u8>]) -> Vec<String> {
    let all = raw.join(&b'\n');
    if std::str::from_utf8(&all).is_ok() {
        return raw.iter().map(|n| String::from_utf8_lossy(n).into_owned()).collect();
    }
    let legacy: Vec<u8> =
        raw.iter().filter(|n| std::str::from_utf8(n).is_err()).flat_map(|n| [n.as_slice(), b"\n"].concat()).collect();
    let encoding = crate::text::guess(&legacy);
    raw.iter()
        .map(|name| match std::str::from_utf8(name) {
            Ok(name) => name.to_owned(),
            Err(_) => decode(name, Some(encoding)).text.into_owned(),
        })
        .collect()
}

/// A member's path for people; `None` for folders and for what operating systems leave behind.
pub(crate) fn cleaned(path: &str) -> Option<String> {
    const LITTER: &[&str] = &[".ds_store", "thumbs.db", "desktop.ini"];
    if path.ends_with(['/', '\\']) {
        return None;
    }
    let steps: Vec<String> = path
        .split(['/', '\\'])
        .map(|step| step.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned())
        .filter(|step| !step.is_empty() && step != "." && step != ".." && !is_drive(step))
        .collect();
    let last = steps.last()?.to_lowercase();
    if steps.iter().any(|s| s == "__MACOSX") || LITTER.contains(&last.as_str()) || last.starts_with("~$") {
        return None;
    }
    let joined = steps.join("/");
    let count = joined.chars().count();
    // The end says what a file is; the outermost folders can go.
    Some(
        joined
            .chars()
            .skip(count.saturating_sub(PATH_CHARS_MAX))
            .collect::<String>()
            .trim_start_matches('/')
            .to_owned(),
    )
}

fn is_drive(step: &str) -> bool {
    matches!(step.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::cleaned;

    #[test]
    fn a_path_leads_nowhere() {
        let cases = [
            ("../../etc/passwd", Some("etc/passwd")),
            ("/abs/报价.docx", Some("abs/报价.docx")),
            ("C:\\投标\\报价.docx", Some("投标/报价.docx")),
            ("a/./b//c.txt", Some("a/b/c.txt")),
            ("folder/", None),
            ("..", None),
            ("__MACOSX/a/._b.pdf", None),
            ("a/~$b.docx", None),
            ("a\u{0}b.txt", Some("ab.txt")),
        ];
        for (path, expected) in cases {
            assert_eq!(cleaned(path).as_deref(), expected, "{path:?}");
        }
        assert_eq!(cleaned(&"长".repeat(500)).map(|p| p.chars().count()), Some(200));
    }
}
