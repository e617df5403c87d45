//! Mails (EML, MSG) and web archives (MHT): headers, body, attachments.
//!
//! The words become a document: what the header says of sender, receivers, time and subject, then the body, then
//! the names of the attachments. The attachments' bytes go to [`crate::unpack()`]. Nothing is fetched.

use bidlens_domain::document::{EmbeddedFile, EmbeddedKind, Format, IssueCode, IssueSeverity};
use encoding_rs::Encoding;
use sha2::{Digest, Sha256};

use crate::detect::Kind;
use crate::limits::Limits;
use crate::ole::Ole;
use crate::raw::{RawBlock, RawDocument, RawKind, ReadResult, Refusal};
use crate::text::decode;

/// Parts inside each other; real mails have four or five.
const DEPTH_MAX: usize = 20;
/// Parts of one mail, headers of one part.
const PARTS_MAX: usize = 2_000;
const HEADERS_MAX: usize = 500;
/// What of a header is shown.
const SHOWN: [&str; 6] = ["From", "To", "Cc", "Date", "Subject", "Reply-To"];

/// A mail taken apart.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    /// Names and values of the headers that people read, in the order of `SHOWN`.
    headers: Vec<(&'static str, String)>,
    text: String,
    html: String,
    pub(crate) attachments: Vec<Attachment>,
    cut_off: bool,
}

#[derive(Debug)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// A picture that the body shows, not a file that was sent along.
    pub(crate) inline: bool,
}

/// Whether the first bytes are the header of a mail.
pub(crate) fn looks_like_mail(name: &str, head: &[u8]) -> bool {
    let head = head.get(..head.len().min(16 << 10)).unwrap_or_default();
    let mut strong = 0;
    let mut weak = 0;
    for line in head.split(|b| *b == b'\n').take(200) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        let Some(colon) = line.iter().position(|b| *b == b':') else {
            // `From someone` opens a mail in a mailbox file.
            if strong + weak == 0 && line.starts_with(b"From ") {
                continue;
            }
            return false;
        };
        let field = line.get(..colon).unwrap_or_default().to_ascii_lowercase();
        if field.is_empty() || !field.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-') {
            return false;
        }
        match field.as_slice() {
            b"mime-version" | b"received" | b"message-id" | b"return-path" | b"x-mailer" | b"content-type" => {
                strong += 1
            }
            b"from" | b"to" | b"subject" | b"date" | b"cc" => weak += 1,
            _ => {}
        }
    }
    let named = matches!(crate::detect::extension(name).as_str(), "eml" | "mht" | "mhtml");
    strong >= 1 && strong + weak >= 2 || named && strong + weak >= 1
}

/// Whether a compound file holds an Outlook message.
pub(crate) fn is_msg(ole: &Ole<'_>) -> bool {
    ole.find(0, "__properties_version1.0").is_some()
}

pub(crate) fn read(name: &str, kind: Kind, bytes: &[u8], limits: &Limits) -> ReadResult {
    let mail = open(name, kind, bytes, limits)?;
    let mut raw = RawDocument::new(Format::Mail);
    raw.plain_pages(1, true);
    for (field, value) in &mail.headers {
        let mut block = RawBlock::on_page(RawKind::Text, format!("{field}: {value}"), 1);
        if *field == "Subject" {
            raw.metadata.title = Some(value.clone());
            block.bold = true;
        }
        match *field {
            "From" => raw.metadata.author = Some(value.clone()),
            "Date" => raw.metadata.created = Some(value.clone()),
            _ => {}
        }
        raw.blocks.push(block);
    }
    // HTML keeps the tables that the plain version of a mail flattens.
    let body = if mail.html.trim().is_empty() {
        crate::text::read(mail.text.as_bytes(), limits)
    } else {
        crate::html::read(mail.html.as_bytes(), limits)
    };
    match body {
        Ok(body) => {
            let pages = body.pages.len() as u32;
            raw.blocks.extend(body.blocks);
            raw.issues.extend(body.issues.into_iter().filter(|i| i.code != IssueCode::EncodingGuessed));
            if pages > 1 {
                raw.plain_pages(pages, true);
            }
        }
        Err(refusal) => raw.issue(refusal.code, IssueSeverity::Warning, None, refusal.detail),
    }
    let last = raw.pages.len() as u32;
    for attachment in &mail.attachments {
        if !attachment.inline {
            raw.blocks.push(RawBlock::on_page(RawKind::Text, format!("Attachment: {}", attachment.name), last));
        }
        raw.embedded.push(EmbeddedFile {
            name: attachment.name.clone(),
            kind: if attachment.inline { EmbeddedKind::Picture } else { EmbeddedKind::Attachment },
            size: attachment.bytes.len() as u64,
            sha256: crate::hex(&Sha256::digest(&attachment.bytes)),
            page: None,
            picture: None,
            unread: None,
        });
    }
    if mail.cut_off {
        raw.issue(
            IssueCode::Truncated,
            IssueSeverity::Warning,
            None,
            "the mail is cut off: its last part has no end; save it again from the mail program",
        );
    }
    Ok(raw)
}

/// Takes a mail apart.
pub(crate) fn open(name: &str, kind: Kind, bytes: &[u8], limits: &Limits) -> Result<Mail, Refusal> {
    let mail = if kind == Kind::Msg { open_msg(bytes)? } else { open_mime(bytes) };
    let empty = mail.headers.is_empty() && mail.attachments.is_empty();
    if empty && mail.text.trim().is_empty() && mail.html.trim().is_empty() {
        return Err(Refusal::new(
            IssueCode::Empty,
            format!("{name} holds neither words nor files; save it again from the program that showed it"),
        ));
    }
    if (mail.text.len() + mail.html.len()) as u64 > limits.max_part_bytes {
        return Err(Refusal::new(
            IssueCode::TooLarge,
            format!("the mail's text has more than the {} MB allowed; split it", limits.max_part_bytes >> 20),
        ));
    }
    Ok(mail)
}

/// One header with its raw value, unfolded.
type Header = (String, Vec<u8>);

/// Headers and body of a part.
fn split(part: &[u8]) -> (Vec<Header>, &[u8]) {
    let mut headers: Vec<Header> = Vec::new();
    let mut at = 0;
    while at < part.len() {
        let rest = part.get(at..).unwrap_or_default();
        let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |n| n + 1);
        let line = rest.get(..length).unwrap_or_default().trim_ascii_end();
        at += length;
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if let Some((_, value)) = headers.last_mut() {
                value.push(b' ');
                value.extend_from_slice(line.trim_ascii_start());
            }
        } else if let Some(colon) = line.iter().position(|b| *b == b':')
            && headers.len() < HEADERS_MAX
        {
            let name = String::from_utf8_lossy(line.get(..colon).unwrap_or_default()).trim().to_lowercase();
            headers.push((name, line.get(colon + 1..).unwrap_or_default().trim_ascii().to_vec()));
        }
    }
    (headers, part.get(at..).unwrap_or_default())
}

fn value<'a>(headers: &'a [Header], name: &str) -> Option<&'a [u8]> {
    headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_slice())
}

fn open_mime(bytes: &[u8]) -> Mail {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut mail = Mail::default();
    let (headers, _) = split(bytes);
    for shown in SHOWN {
        if let Some(raw) = value(&headers, &shown.to_lowercase()) {
            let words = header_words(raw);
            if !words.is_empty() {
                mail.headers.push((shown, words));
            }
        }
    }
    let mut parts = 0;
    take_part(bytes, &mut mail, &mut parts, 0, false);
    mail
}

fn take_part(part: &[u8], mail: &mut Mail, parts: &mut usize, depth: usize, related: bool) {
    *parts += 1;
    if *parts > PARTS_MAX || depth > DEPTH_MAX {
        mail.cut_off = true;
        return;
    }
    let (headers, body) = split(part);
    let content_type = value(&headers, "content-type").unwrap_or(b"text/plain");
    let media =
        String::from_utf8_lossy(content_type.split(|b| *b == b';').next().unwrap_or_default()).trim().to_lowercase();
    let disposition = value(&headers, "content-disposition").unwrap_or_default();
    let is_attachment = disposition.trim_ascii_start().to_ascii_lowercase().starts_with(b"attachment");
    if media.starts_with("multipart/") && !is_attachment {
        let Some(boundary) = parameter(content_type, "boundary") else {
            mail.cut_off = true;
            return;
        };
        let (inner, complete) = parts_between(body, boundary.as_bytes());
        mail.cut_off |= !complete;
        for inner in inner {
            take_part(inner, mail, parts, depth + 1, related || media == "multipart/related");
        }
        return;
    }
    let encoding = value(&headers, "content-transfer-encoding").unwrap_or_default().to_ascii_lowercase();
    let content = match encoding.trim_ascii() {
        b"base64" => base64(body),
        b"quoted-printable" => quoted_printable(body),
        _ => body.to_vec(),
    };
    let file_name = parameter(disposition, "filename").or_else(|| parameter(content_type, "name"));
    let is_text = media.starts_with("text/") || media.is_empty();
    if is_text
        && !is_attachment
        && (file_name.is_none() || matches!(media.as_str(), "text/html" | "text/plain") && depth == 0)
    {
        let declared = parameter(content_type, "charset").and_then(|c| Encoding::for_label(c.trim().as_bytes()));
        let words = decode(&content, declared).text.into_owned();
        let place = if media == "text/html" { &mut mail.html } else { &mut mail.text };
        if !place.is_empty() {
            place.push('\n');
        }
        place.push_str(&words);
        return;
    }
    if content.trim_ascii().is_empty() {
        return;
    }
    let shown_inside = related || value(&headers, "content-id").is_some();
    let name = match file_name {
        Some(name) => name,
        None if media == "message/rfc822" => {
            let (inner, _) = split(&content);
            let subject = value(&inner, "subject").map(header_words).filter(|s| !s.is_empty());
            format!("{}.eml", subject.unwrap_or_else(|| "mail".to_owned()).replace(['/', '\\'], "_"))
        }
        None => {
            let kind = media.rsplit('/').next().filter(|k| !k.is_empty()).unwrap_or("bin");
            format!("part {}.{kind}", mail.attachments.len() + 1)
        }
    };
    let inline = !is_attachment && shown_inside && media.starts_with("image/")
        || related && !is_attachment && matches!(media.as_str(), "text/css" | "application/javascript");
    mail.attachments.push(Attachment { name, bytes: content, inline });
}

/// The parts between boundary lines, and whether the closing one is there.
fn parts_between<'a>(body: &'a [u8], boundary: &[u8]) -> (Vec<&'a [u8]>, bool) {
    let mut parts = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    while at < body.len() {
        let rest = body.get(at..).unwrap_or_default();
        let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |n| n + 1);
        let line = rest.get(..length).unwrap_or_default().trim_ascii_end();
        if let Some(after) = line.strip_prefix(b"--").and_then(|l| l.strip_prefix(boundary)) {
            if let Some(start) = start.take() {
                parts.push(body.get(start..at).unwrap_or_default());
            }
            if after.starts_with(b"--") {
                return (parts, true);
            }
            if after.is_empty() {
                start = Some(at + length);
            }
        }
        if parts.len() > PARTS_MAX {
            return (parts, false);
        }
        at += length;
    }
    if let Some(start) = start {
        parts.push(body.get(start..).unwrap_or_default());
    }
    (parts, false)
}

/// A parameter of a structured header: `name="x"`, `name*=UTF-8''x`, or in pieces `name*0*=`.
fn parameter(header: &[u8], name: &str) -> Option<String> {
    let mut pieces: Vec<(u32, bool, Vec<u8>)> = Vec::new();
    for piece in semicolons(header).into_iter().skip(1) {
        let equals = piece.iter().position(|b| *b == b'=')?;
        let key = String::from_utf8_lossy(piece.get(..equals)?).trim().to_lowercase();
        let raw = unquoted(piece.get(equals + 1..)?.trim_ascii());
        if key == name {
            return Some(header_words(&raw)).filter(|v| !v.is_empty());
        }
        let Some(rest) = key.strip_prefix(name).and_then(|k| k.strip_prefix('*')) else { continue };
        let encoded = rest.is_empty() || rest.ends_with('*');
        let number = rest.trim_end_matches('*').parse().unwrap_or(0);
        pieces.push((number, encoded, raw));
    }
    pieces.sort_by_key(|p| p.0);
    let mut charset = None;
    let mut bytes = Vec::new();
    for (at, (_, encoded, raw)) in pieces.iter().enumerate() {
        let mut rest = raw.as_slice();
        if at == 0 && *encoded {
            let mut fields = raw.splitn(3, |b| *b == b'\'');
            if let (Some(label), Some(_), Some(value)) = (fields.next(), fields.next(), fields.next()) {
                charset = Encoding::for_label(label);
                rest = value;
            }
        }
        if *encoded { bytes.extend(percent_decoded(rest)) } else { bytes.extend_from_slice(rest) }
    }
    let words = decode(&bytes, charset).text.trim().to_owned();
    (!words.is_empty()).then_some(words)
}

/// Cut at semicolons that stand outside quotes.
fn semicolons(header: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    for (at, byte) in header.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b';' if !quoted => {
                pieces.push(header.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(header.get(start..).unwrap_or_default());
    pieces
}

fn unquoted(value: &[u8]) -> Vec<u8> {
    let Some(inner) = value.strip_prefix(b"\"") else { return value.to_vec() };
    let inner = inner.strip_suffix(b"\"").unwrap_or(inner);
    let mut out = Vec::new();
    let mut bytes = inner.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => out.extend(bytes.next()),
            byte => out.push(*byte),
        }
    }
    out
}

fn percent_decoded(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(byte) = value.get(at) {
        match (byte, hex_pair(value.get(at + 1..at + 3))) {
            (b'%', Some(decoded)) => {
                out.push(decoded);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

fn hex_pair(pair: Option<&[u8]>) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(pair?).ok()?, 16).ok()
}

/// A header's value as text: encoded words are decoded, and joined where only a blank parts them.
fn header_words(raw: &[u8]) -> String {
    let mut out = String::new();
    let mut pending: Option<(&'static Encoding, Vec<u8>)> = None;
    let mut rest = raw;
    while !rest.is_empty() {
        let next = crate::detect::find(rest, b"=?").unwrap_or(rest.len());
        let (plain, tail) = rest.split_at(next);
        let word = encoded_word(tail);
        // Blanks between two encoded words are not part of the text.
        if !(pending.is_some() && word.is_some() && plain.trim_ascii().is_empty()) {
            flush_word(&mut out, &mut pending);
            out.push_str(&decode(plain, None).text);
        }
        match word {
            Some((encoding, bytes, length)) => {
                match &mut pending {
                    // A sign may be cut in two between words.
                    Some((known, before)) if *known == encoding => before.extend(bytes),
                    _ => {
                        flush_word(&mut out, &mut pending);
                        pending = Some((encoding, bytes));
                    }
                }
                rest = tail.get(length..).unwrap_or_default();
            }
            None => {
                flush_word(&mut out, &mut pending);
                let step = tail.len().min(2);
                out.push_str(&String::from_utf8_lossy(tail.get(..step).unwrap_or_default()));
                rest = tail.get(step..).unwrap_or_default();
            }
        }
    }
    flush_word(&mut out, &mut pending);
    out.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}

fn flush_word(out: &mut String, pending: &mut Option<(&'static Encoding, Vec<u8>)>) {
    if let Some((encoding, bytes)) = pending.take() {
        out.push_str(&decode(&bytes, Some(encoding)).text);
    }
}

/// `=?charset?B?…?=` at the start of `tail`: its encoding, its bytes, its length.
fn encoded_word(tail: &[u8]) -> Option<(&'static Encoding, Vec<u8>, usize)> {
    let inner = tail.strip_prefix(b"=?")?;
    let first = inner.iter().position(|b| *b == b'?')?;
    let label = inner.get(..first)?.split(|b| *b == b'*').next()?;
    let encoding = Encoding::for_label(label)?;
    let method = inner.get(first + 1)?.to_ascii_uppercase();
    let start = first + 3;
    let body = inner.get(start..)?;
    let end = crate::detect::find(body, b"?=")?;
    let coded = body.get(..end)?;
    let bytes = match method {
        b'B' => base64(coded),
        b'Q' => {
            let spaced: Vec<u8> = coded.iter().map(|b| if *b == b'_' { b' ' } else { *b }).collect();
            quoted_printable(&spaced)
        }
        _ => return None,
    };
    Some((encoding, bytes, 2 + start + end + 2))
}

/// Decodes base64; what is no letter of it is passed over, as mail programs do.
fn base64(coded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(coded.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in coded {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                (bits, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xFF) as u8);
        }
    }
    out
}

fn quoted_printable(coded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(coded.len());
    let mut at = 0;
    while let Some(byte) = coded.get(at) {
        if *byte != b'=' {
            out.push(*byte);
            at += 1;
            continue;
        }
        if let Some(decoded) = hex_pair(coded.get(at + 1..at + 3)) {
            out.push(decoded);
            at += 3;
            continue;
        }
        // A line that goes on.
        let rest = coded.get(at + 1..).unwrap_or_default();
        let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
        if rest.get(blanks) == Some(&b'\n') {
            at += blanks + 2;
        } else {
            out.push(b'=');
            at += 1;
        }
    }
    out
}

fn open_msg(bytes: &[u8]) -> Result<Mail, Refusal> {
    let ole = Ole::open(bytes).ok_or_else(|| {
        Refusal::new(
            IssueCode::Truncated,
            "the mail is cut off or damaged; save it again from the mail program and upload that",
        )
    })?;
    let mut mail = Mail::default();
    message(&ole, 0, &mut mail);
    Ok(mail)
}

/// A property of a message, as text.
fn property(ole: &Ole<'_>, parent: usize, id: &str) -> Option<String> {
    let wide = ole.find(parent, &format!("__substg1.0_{id}001F"));
    let words = match wide {
        Some(index) => {
            let bytes = ole.stream(index);
            let units: Vec<u16> =
                bytes.chunks_exact(2).map(|p| p.iter().rev().fold(0, |n, b| n << 8 | u16::from(*b))).collect();
            String::from_utf16_lossy(&units)
        }
        None => {
            let index = ole.find(parent, &format!("__substg1.0_{id}001E"))?;
            decode(&ole.stream(index), None).text.into_owned()
        }
    };
    let words = words.trim_end_matches('\0').to_owned();
    (!words.trim().is_empty()).then_some(words)
}

fn message(ole: &Ole<'_>, parent: usize, mail: &mut Mail) {
    let transport = property(ole, parent, "007D").unwrap_or_default();
    let (headers, _) = split(transport.as_bytes());
    let from_transport = |name: &str| value(&headers, name).map(header_words).filter(|v| !v.is_empty());
    let sender = property(ole, parent, "0C1A").map(|name| match property(ole, parent, "0C1F") {
        Some(address) if address.contains('@') => format!("{name} <{address}>"),
        _ => name,
    });
    let found = [
        ("From", sender.or_else(|| from_transport("from"))),
        ("To", property(ole, parent, "0E04").or_else(|| from_transport("to"))),
        ("Cc", property(ole, parent, "0E03").or_else(|| from_transport("cc"))),
        ("Date", from_transport("date")),
        ("Subject", property(ole, parent, "0037").or_else(|| from_transport("subject"))),
    ];
    mail.headers.extend(found.into_iter().filter_map(|(name, value)| Some((name, value?.trim().to_owned()))));
    mail.text = property(ole, parent, "1000").unwrap_or_default();
    if let Some(index) = ole.find(parent, "__substg1.0_10130102") {
        mail.html = decode(&ole.stream(index), None).text.into_owned();
    } else if let Some(words) = property(ole, parent, "1013") {
        mail.html = words;
    }
    let mut storages: Vec<usize> =
        ole.children(parent).into_iter().filter(|i| ole.name(*i).starts_with("__attach_version1.0_")).collect();
    storages.sort_by(|a, b| ole.name(*a).cmp(ole.name(*b)));
    for storage in storages.into_iter().take(PARTS_MAX) {
        let number = mail.attachments.len() + 1;
        let name = property(ole, storage, "3707")
            .or_else(|| property(ole, storage, "3704"))
            .or_else(|| property(ole, storage, "3001"))
            .unwrap_or_else(|| format!("attachment {number}"));
        let Some(data) = ole.find(storage, "__substg1.0_37010102") else { continue };
        let bytes = ole.stream(data);
        if !bytes.is_empty() {
            let inline = property(ole, storage, "3712").is_some() && crate::picture::is_picture(&bytes);
            mail.attachments.push(Attachment { name, bytes, inline });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_decoded() {
        let cases: [(&[u8], &str); 6] = [
            (b"=?UTF-8?B?5oqV5qCH?= =?UTF-8?B?5paH5Lu2?=", "投标文件"),
            (b"Re: =?gb2312?Q?=CD=B6=B1=EA?= (2)", "Re: 投标 (2)"),
            // A sign cut in two.
            (b"=?UTF-8?B?5oqV5g==?=\r\n =?UTF-8?B?oIc=?=", "投标"),
            (b"plain", "plain"),
            (b"=?nonsense", "=?nonsense"),
            ("直接写".as_bytes(), "直接写"),
        ];
        for (raw, words) in cases {
            assert_eq!(header_words(raw), words);
        }
    }

    #[test]
    fn parameters_are_found_in_every_way_they_are_written() {
        let cases: [(&[u8], &str, Option<&str>); 5] = [
            (b"attachment; filename=\"a;b.pdf\"", "filename", Some("a;b.pdf")),
            (b"attachment; filename*=UTF-8''%E6%8A%A5%E4%BB%B7.docx", "filename", Some("报价.docx")),
            (b"attachment; filename*0*=gbk''%B1%A8; filename*1*=%BC%DB; filename*2=.xls", "filename", Some("报价.xls")),
            (b"text/plain; charset=gb2312", "charset", Some("gb2312")),
            (b"text/plain", "charset", None),
        ];
        for (header, name, value) in cases {
            assert_eq!(parameter(header, name).as_deref(), value);
        }
    }
}
