//! What an office file says about its own making, and the settings that change how it is read.

use bidlens_domain::document::Metadata;

use crate::docx::reader::Traces;
use crate::limits::Limits;
use crate::package::Package;
use crate::raw::Refusal;
use crate::xml::{Token, Xml};

/// Longest value kept.
const VALUE_CHARS: usize = 300;

/// Reads `docProps`; damage there is of no account.
pub(crate) fn metadata(package: &mut Package<'_>, limits: &Limits) -> Metadata {
    let mut metadata = Metadata::default();
    let mut version = None;
    for part in ["docProps/core.xml", "docProps/app.xml"] {
        let Ok(Some(text)) = package.part(part) else {
            continue;
        };
        let mut xml = Xml::new(part, &text, limits.max_depth);
        while let Ok(Token::Open(element)) = next_open(&mut xml) {
            let slot = match element.name() {
                "title" => &mut metadata.title,
                "creator" => &mut metadata.author,
                "lastModifiedBy" => &mut metadata.last_modified_by,
                "created" => &mut metadata.created,
                "modified" => &mut metadata.modified,
                "Application" => &mut metadata.producer,
                "AppVersion" => &mut version,
                "Company" => &mut metadata.company,
                _ => continue,
            };
            if let Ok(value) = xml.text() {
                let value: String = unescape_wide(value.trim()).chars().take(VALUE_CHARS).collect();
                *slot = Some(value).filter(|v| !v.is_empty());
            }
        }
    }
    metadata.application = match (&metadata.producer, version) {
        (Some(program), Some(version)) => Some(format!("{program} {version}")),
        (Some(program), None) => Some(program.clone()),
        (None, _) => None,
    };
    metadata
}

/// Office programs write some signs of `docProps` as `_x3000_`.
fn unescape_wide(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let sign = escape
            .get(2..6)
            .filter(|_| escape.get(6..7) == Some("_"))
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        match sign {
            Some(sign) => {
                out.push(sign);
                rest = escape.get(7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = escape.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn next_open<'a>(xml: &mut Xml<'a>) -> Result<Token<'a>, Refusal> {
    loop {
        match xml.next()? {
            Token::Close | Token::Text(_) => {}
            token @ (Token::Open(_) | Token::End) => return Ok(token),
        }
    }
}

/// Of `settings.xml`, what matters here.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// Even pages have headers and footers of their own.
    pub(super) even_and_odd: bool,
}

impl Settings {
    /// Reads the settings; the editing sessions they list go into `traces`.
    pub(super) fn read(part: &str, text: &str, limits: &Limits, traces: &mut Traces) -> Result<Self, Refusal> {
        let mut settings = Settings::default();
        let mut xml = Xml::new(part, text, limits.max_depth);
        loop {
            match xml.next()? {
                Token::Open(element) => match element.name() {
                    "evenAndOddHeaders" => settings.even_and_odd = element.is_on(),
                    "rsid" | "rsidRoot" => {
                        if let Some(id) = element.attr("val") {
                            traces.revision_id(&id);
                        }
                    }
                    _ => {}
                },
                Token::Close | Token::Text(_) => {}
                Token::End => return Ok(settings),
            }
        }
    }
}
