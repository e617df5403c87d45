//! The parts of an office file (a ZIP container), inflated under limits.
//!
//! Sizes the container declares are never believed: every part is counted while it inflates.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use bidlens_domain::document::IssueCode;
use sha2::{Digest, Sha256};
use zip::result::{ZipError, ZipResult};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::hex;
use crate::limits::Limits;
use crate::raw::Refusal;
use crate::text::decode;

pub(crate) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    limits: &'a Limits,
    inflated: u64,
}

impl<'a> Package<'a> {
    pub(crate) fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Self, Refusal> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
            Refusal::new(
                IssueCode::Truncated,
                format!("the container is cut off or damaged ({error}); download or copy it again"),
            )
        })?;
        Ok(Package { archive, limits, inflated: 0 })
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.archive.file_names().filter_map(|n| n.ok().map(|n| n.into_owned())).collect()
    }

    /// The text of a part; `None` when the container has no such part.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(bytes) = self.bytes(name)? else {
            return Ok(None);
        };
        Ok(Some(match String::from_utf8(bytes) {
            Ok(text) => text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text),
            Err(error) => decode(error.as_bytes(), None).text.into_owned(),
        }))
    }

    /// The bytes of a part; `None` when the container has no such part.
    pub(crate) fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(index) = self.archive.index_for_name(name) else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        self.inflate(index, name, &mut |chunk| bytes.extend_from_slice(chunk))?;
        Ok(Some(bytes))
    }

    /// Size and SHA-256 of a part; `None` when the container has no such part. What it holds is kept as long as that is
    /// no more than `kept_max` bytes.
    pub(crate) fn digest(&mut self, name: &str, kept_max: usize) -> Result<Option<Digested>, Refusal> {
        let Some(index) = self.archive.index_for_name(name) else {
            return Ok(None);
        };
        let mut hasher = Sha256::new();
        let mut size = 0u64;
        let mut kept = Some(Vec::new());
        self.inflate(index, name, &mut |chunk| {
            size += chunk.len() as u64;
            hasher.update(chunk);
            match &mut kept {
                Some(bytes) if bytes.len() + chunk.len() <= kept_max => bytes.extend_from_slice(chunk),
                _ => kept = None,
            }
        })?;
        Ok(Some(Digested { size, sha256: hex(&hasher.finalize()), kept }))
    }

    /// Inflates every XML part without keeping it, to know that all of them fit the limits.
    pub(crate) fn check_expansion(&mut self) -> Result<(), Refusal> {
        for index in 0..self.archive.len() {
            let name = match self.archive.by_index(index) {
                Ok(file) => file.name().map(|n| n.into_owned()).unwrap_or_default(),
                Err(error) => return Err(part_refusal("a part", &error)),
            };
            if name.ends_with(".xml") || name.ends_with(".rels") {
                self.inflate(index, &name, &mut |_| {})?;
            }
        }
        Ok(())
    }

    /// The container with these parts changed or added; all others are taken over as they are packed.
    pub(crate) fn with_parts(mut self, mut changed: BTreeMap<String, String>) -> Result<Vec<u8>, Refusal> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..self.archive.len() {
            let file = self.archive.by_index_raw(index).map_err(|error| part_refusal("a part", &error))?;
            let name = file.name().map(|n| n.into_owned()).unwrap_or_default();
            match changed.remove(&name) {
                Some(text) => write_part(&mut writer, &name, &text),
                None => writer.raw_copy_file(file),
            }
            .map_err(|error| part_refusal(&name, &error))?;
        }
        for (name, text) in changed {
            write_part(&mut writer, &name, &text).map_err(|error| part_refusal(&name, &error))?;
        }
        writer.finish().map(Cursor::into_inner).map_err(|error| part_refusal("the end", &error))
    }

    fn inflate(&mut self, index: usize, name: &str, keep: &mut dyn FnMut(&[u8])) -> Result<(), Refusal> {
        let mut file = self.archive.by_index(index).map_err(|error| part_refusal(name, &error))?;
        let mut chunk = vec![0u8; 64 << 10];
        let mut read = 0u64;
        loop {
            let count = file.read(&mut chunk).map_err(|error| {
                Refusal::new(
                    IssueCode::Malformed,
                    format!("part {name} is damaged ({error}); open the file in its own program, save it anew and upload that"),
                )
            })?;
            if count == 0 {
                break;
            }
            read += count as u64;
            self.inflated += count as u64;
            if read > self.limits.max_part_bytes || self.inflated > self.limits.max_inflated_bytes {
                return Err(inflates_too_much(name, self.inflated, self.limits));
            }
            keep(chunk.get(..count).unwrap_or_default());
        }
        Ok(())
    }
}

/// What is told of a part.
pub(crate) struct Digested {
    pub(crate) size: u64,
    pub(crate) sha256: String,
    pub(crate) kept: Option<Vec<u8>>,
}

fn write_part(writer: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, text: &str) -> ZipResult<()> {
    writer.start_file(name, SimpleFileOptions::default())?;
    Ok(writer.write_all(text.as_bytes())?)
}

fn inflates_too_much(name: &str, inflated: u64, limits: &Limits) -> Refusal {
    let (part, all) = (limits.max_part_bytes >> 20, limits.max_inflated_bytes >> 20);
    // What all parts may take together can be set; what one may take cannot.
    let (what, so) = if inflated > limits.max_inflated_bytes {
        (
            format!("with part {name} the file inflates to more than the {all} MB allowed"),
            ", or raise BIDLENS_PARSE_INFLATED_MB",
        )
    } else {
        (format!("part {name} inflates to more than the {part} MB allowed for one part"), "")
    };
    Refusal::new(IssueCode::ExpansionLimit, format!("{what}; split the document or remove embedded objects{so}"))
}

fn part_refusal(name: &str, error: &ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(reason) if reason.to_string().to_lowercase().contains("password") => Refusal::new(
            IssueCode::Encrypted,
            "the container is protected by a password; remove the password and upload it again",
        ),
        _ => Refusal::new(
            IssueCode::Malformed,
            format!(
                "part {name} cannot be opened ({error}); open the file in its own program, save it anew and upload that"
            ),
        ),
    }
}
