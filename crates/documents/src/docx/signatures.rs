//! Digital signatures of an office file: who signed when, and whether the signed parts are still the same.
//!
//! Nothing is said about the certificate. Parts whose hash was taken with a method other than SHA-256, or after
//! a transformation, are not compared.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bidlens_domain::document::Signature;
use sha2::{Digest, Sha256};

use crate::limits::Limits;
use crate::package::Package;
use crate::raw::Refusal;
use crate::xml::{Token, Xml};

/// More signatures than this are no signatures.
const SIGNATURES_MAX: usize = 50;

pub(super) fn signatures(package: &mut Package<'_>, limits: &Limits) -> Vec<Signature> {
    let mut parts: Vec<String> = package
        .names()
        .into_iter()
        .filter(|name| name.starts_with("_xmlsignatures/") && name.ends_with(".xml") && !name.contains("/_rels/"))
        .collect();
    parts.sort();
    parts.truncate(SIGNATURES_MAX);
    let mut signatures = Vec::new();
    for part in parts {
        let Ok(Some(text)) = package.part(&part) else { continue };
        let Ok(said) = read(&part, &text, limits) else { continue };
        let changed_after = said.signed.iter().any(|(name, digest)| {
            let bytes = package.bytes(name).ok().flatten();
            bytes.is_none_or(|bytes| STANDARD.encode(Sha256::digest(&bytes)) != *digest)
        });
        let file = part.rsplit('/').next().unwrap_or(&part);
        signatures.push(Signature {
            field: file.trim_end_matches(".xml").to_owned(),
            signer: said.written_name.or_else(|| common_name(&said.certificate)),
            reason: said.comment,
            signed_at: said.time,
            place: None,
            signed: said.has_value,
            changed_after,
            byte_range: Vec::new(),
            leaves_out: false,
        });
    }
    signatures
}

/// What a signature part says.
#[derive(Debug, Default)]
struct Said {
    written_name: Option<String>,
    comment: Option<String>,
    time: Option<String>,
    certificate: String,
    has_value: bool,
    /// Parts by name with the Base64 of their SHA-256.
    signed: Vec<(String, String)>,
}

#[derive(Debug, Default)]
struct Reference {
    part: String,
    sha256: bool,
    transformed: bool,
    digest: String,
}

fn read(part: &str, text: &str, limits: &Limits) -> Result<Said, Refusal> {
    let mut said = Said::default();
    let mut reference = Reference::default();
    let mut in_time = false;
    let mut xml = Xml::new(part, text, limits.max_depth);
    let some = |text: String| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
    let mut path: Vec<bool> = Vec::new();
    loop {
        match xml.next()? {
            Token::Open(element) => {
                let mut is_reference = false;
                match element.name() {
                    "Reference" => {
                        let uri = element.attribute("URI").unwrap_or_default();
                        let name = uri.split('?').next().unwrap_or_default().trim_start_matches('/').to_owned();
                        reference = Reference { part: name, ..Reference::default() };
                        is_reference = true;
                    }
                    "Transform" => reference.transformed = true,
                    "DigestMethod" => {
                        reference.sha256 = element.attr("Algorithm").is_some_and(|a| a.ends_with("#sha256"));
                    }
                    name @ ("DigestValue" | "SignatureValue" | "X509Certificate" | "SignatureText"
                    | "SignatureComments" | "Value") => {
                        let name = name.to_owned();
                        let value = xml.text()?;
                        match name.as_str() {
                            "DigestValue" => reference.digest = value.split_whitespace().collect(),
                            "SignatureValue" => said.has_value = !value.trim().is_empty(),
                            "X509Certificate" if said.certificate.is_empty() => {
                                said.certificate = value.split_whitespace().collect();
                            }
                            "SignatureText" => said.written_name = some(value),
                            "SignatureComments" => said.comment = some(value),
                            "Value" if in_time => said.time = some(value),
                            _ => {}
                        }
                        continue;
                    }
                    "SignatureTime" => in_time = true,
                    _ => {}
                }
                path.push(is_reference);
            }
            Token::Close => {
                if path.pop() == Some(true) {
                    let Reference { part, sha256, transformed, digest } = std::mem::take(&mut reference);
                    // References inside the signature itself begin with #.
                    if sha256 && !transformed && !part.is_empty() && !part.starts_with('#') {
                        said.signed.push((part, digest));
                    }
                }
            }
            Token::Text(_) => {}
            Token::End => return Ok(said),
        }
    }
}

/// The subject's common name, out of the certificate's DER: the issuer's comes first, the subject's second.
fn common_name(certificate: &str) -> Option<String> {
    const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];
    let bytes = STANDARD.decode(certificate).ok()?;
    let names: Vec<String> = bytes
        .windows(COMMON_NAME.len())
        .enumerate()
        .filter(|(_, window)| *window == COMMON_NAME)
        .filter_map(|(at, _)| {
            let value = bytes.get(at + COMMON_NAME.len()..)?;
            let (tag, length) = (*value.first()?, usize::from(*value.get(1)?));
            let value = value.get(2..2 + length).filter(|_| length < 0x80)?;
            match tag {
                // Text in UTF-16.
                0x1E => {
                    let units: Vec<u16> =
                        value.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
                    String::from_utf16(&units).ok()
                }
                _ => String::from_utf8(value.to_vec()).ok(),
            }
        })
        .take(2)
        .collect();
    names.into_iter().next_back().filter(|n| !n.trim().is_empty())
}
