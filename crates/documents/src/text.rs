//! Plain text: encodings, form feeds as page breaks, hard-wrapped lines joined. Also the decoder of the other
//! text formats, see [`decode`].

mod tables;

use std::borrow::Cow;

use bidlens_domain::document::{Format, IssueCode, IssueSeverity};
use bidlens_domain::fold::is_cjk;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::limits::Limits;
use crate::raw::{RawBlock, RawDocument, RawKind, ReadResult, Refusal, line_without_box};
use crate::structure::numbers;

/// Text in some encoding, decoded.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    /// The encoding when neither a byte order mark nor a declaration named it and it is not UTF-8.
    pub(crate) guessed: Option<&'static str>,
    pub(crate) replaced: bool,
}

/// Decodes `bytes` by byte order mark, as UTF-8, as `declared`, or by guessing.
pub(crate) fn decode<'a>(bytes: &'a [u8], declared: Option<&'static Encoding>) -> Decoded<'a> {
    let mut guessed = None;
    let encoding = if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        encoding
    } else if let Some(encoding) = unmarked_utf16(bytes) {
        guessed = Some(encoding.name());
        encoding
    } else if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else if let Some(encoding) = declared.filter(|e| *e != UTF_8) {
        encoding
    } else {
        let encoding = guess(bytes);
        guessed = Some(encoding.name());
        encoding
    };
    let (text, _, replaced) = widened(encoding).decode(bytes);
    Decoded { text, guessed, replaced }
}

/// The kind of UTF-16 that bytes without a byte order mark are: of Latin letters, digits and line ends every second byte
/// is nought, and one order of the two makes ordinary text of them, the other does not.
pub(crate) fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    const BYTES_MIN: usize = 8;
    const BYTES_MAX: usize = 64 << 10;
    const ORDINARY_MIN: f32 = 0.95;
    let sample = bytes.get(..bytes.len().min(BYTES_MAX))?;
    let nulls = memchr::memchr_iter(0, sample).count();
    // Words in one byte a letter that end with a nought are no UTF-16.
    if sample.len() < BYTES_MIN || nulls == 0 || nulls * 4 < sample.len() && std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let pairs = sample.as_chunks::<2>().0;
    let share = |unit: fn([u8; 2]) -> u16| {
        let units = pairs.iter().map(|pair| unit(*pair));
        // The sample may end between the two halves of a rare character.
        let ordinary = char::decode_utf16(units).filter(|c| c.as_ref().is_ok_and(|c| is_ordinary(*c))).count();
        ordinary as f32 / pairs.len().max(1) as f32
    };
    let (little, big) = (share(u16::from_le_bytes), share(u16::from_be_bytes));
    if little >= ORDINARY_MIN && little > big {
        Some(UTF_16LE)
    } else if big >= ORDINARY_MIN && big > little {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether Chinese and English texts are made of such characters.
fn is_ordinary(c: char) -> bool {
    match u32::from(c) {
        0x20..=0x7E | 0x09 | 0x0A | 0x0C | 0x0D => true,
        // Letters with accents, punctuation and signs, Chinese, forms of full width.
        0xA0..=0x17F | 0x2010..=0x27BF | 0x3000..=0x303F | 0x3400..=0x9FFF | 0xFF00..=0xFFEF => true,
        _ => false,
    }
}

/// The likeliest encoding of bytes that are no UTF-8 and say nothing of themselves.
pub(crate) fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    chinese_first(bytes, detector.guess(None, Utf8Detection::Allow))
}

/// A few Chinese words look like Western text to the detector; here they are the likelier reading.
fn chinese_first(bytes: &[u8], guess: &'static Encoding) -> &'static Encoding {
    let western = guess.is_single_byte();
    let chinese = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    if western && chinese.is_some_and(|t| t.contains(|c: char| ('\u{4E00}'..='\u{9FA5}').contains(&c))) {
        GB18030
    } else {
        widened(guess)
    }
}

/// GB18030 contains GBK and GB2312 and is what Chinese software writes under their names.
fn widened(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == GBK { GB18030 } else { encoding }
}

/// Notes how the text was decoded when that is uncertain.
pub(crate) fn note_encoding(raw: &mut RawDocument, decoded: &Decoded<'_>) {
    if let Some(name) = decoded.guessed {
        raw.issue(
            IssueCode::EncodingGuessed,
            IssueSeverity::Info,
            None,
            format!("the file does not name its encoding; it was read as {name}"),
        );
    }
    if decoded.replaced {
        raw.issue(
            IssueCode::Malformed,
            IssueSeverity::Warning,
            None,
            "some bytes fit no encoding and were replaced; save the file as UTF-8 and upload it again",
        );
    }
}

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> ReadResult {
    let decoded = decode(bytes, None);
    let mut raw = RawDocument::new(Format::Text);
    note_encoding(&mut raw, &decoded);
    let wrap = Wrap::of(&decoded.text);
    let mut page = 1u32;
    for sheet in decoded.text.split('\u{0C}') {
        if page > limits.max_pages {
            raw.issue(
                IssueCode::TooManyPages,
                IssueSeverity::Warning,
                None,
                format!(
                    "only the first {} pages were read; split the file, or raise BIDLENS_PARSE_PAGES",
                    limits.max_pages
                ),
            );
            break;
        }
        let mut paragraph: Vec<&str> = Vec::new();
        let lines: Vec<&str> = sheet.lines().map(|l| l.trim_end_matches(['\r', '\0'])).collect();
        let mut rows_until = 0;
        for (index, &line) in lines.iter().enumerate() {
            if index < rows_until {
                continue;
            }
            if let Some((rows, table)) = tables::at_head(lines.get(index..).unwrap_or_default(), page) {
                flush(&mut raw, &mut paragraph, page);
                raw.blocks.push(table);
                rows_until = index + rows;
                continue;
            }
            let joined =
                paragraph.last().is_some_and(|before| wrap.continues(before, line)) || splits_date(&paragraph, line);
            if !joined {
                flush(&mut raw, &mut paragraph, page);
            }
            if !line.trim().is_empty() {
                paragraph.push(line);
            }
            if raw.blocks.len() > limits.max_blocks {
                return Err(Refusal::new(
                    IssueCode::ExpansionLimit,
                    format!("the text has more than {} paragraphs; split it", limits.max_blocks),
                ));
            }
        }
        flush(&mut raw, &mut paragraph, page);
        page += 1;
    }
    raw.plain_pages(page - 1, false);
    Ok(raw)
}

fn flush(raw: &mut RawDocument, paragraph: &mut Vec<&str>, page: u32) {
    if paragraph.is_empty() {
        return;
    }
    let mut text = String::new();
    let mut lines = Vec::with_capacity(paragraph.len());
    for line in paragraph.drain(..).map(str::trim) {
        if let (Some(before), Some(after)) = (text.chars().next_back(), line.chars().next())
            && !(is_cjk(before) || is_cjk(after))
        {
            text.push(' ');
        }
        let start = text.len();
        text.push_str(line);
        lines.push(line_without_box(start, text.len(), page));
    }
    let mut block = RawBlock::on_page(RawKind::Text, text, page);
    block.lines = lines;
    raw.blocks.push(block);
}

/// Whether and where the file's lines were broken to fit a width.
#[derive(Debug)]
struct Wrap {
    /// Columns of a full line; `None` when lines are paragraphs.
    columns: Option<usize>,
}

impl Wrap {
    fn of(text: &str) -> Self {
        const CAPPED_MIN: usize = 5;
        // Rows of tables are as long as they are.
        let running = |l: &&str| !l.contains(['\t', '|', '│', '┃']);
        let mut widths: Vec<usize> =
            text.lines().take(20_000).filter(running).map(|l| columns(l.trim_end())).filter(|w| *w > 0).collect();
        widths.sort_unstable();
        let full = widths.get(widths.len() * 95 / 100).copied().unwrap_or(0);
        let longest = widths.last().copied().unwrap_or(0);
        let near = widths.iter().filter(|w| **w + slack(full) >= full).count();
        let wrapped =
            widths.len() >= 6 && (40..=132).contains(&full) && longest <= full + full / 4 && near * 3 >= widths.len();
        // Lists leave most lines short; still several lines end where the longest does.
        let capped =
            (40..=132).contains(&longest) && widths.iter().filter(|w| **w + 2 >= longest).count() >= CAPPED_MIN;
        Wrap { columns: if wrapped { Some(full) } else { capped.then_some(longest) } }
    }

    /// Whether `line` goes on where `before` was broken.
    fn continues(&self, before: &str, line: &str) -> bool {
        if hangs(before, line) || goes_on_in_english(before, line) {
            return true;
        }
        let Some(full) = self.columns else {
            return false;
        };
        // The space a line was broken at may begin the next.
        let set_in = indent(line) > 1 || line.starts_with(['\t', '\u{3000}']);
        let indented = set_in && !hangs_in_english(before, line);
        let ended = before.trim_end().ends_with(['。', '；', '：', ':']);
        columns(before.trim_end()) + slack(full) >= full
            && !line.trim().is_empty()
            && !indented
            && !ended
            && numbers::number(line).is_none()
    }
}

/// Whether a line's end fell into a date, as where each figure of it stands in a line of its own: 2031 | 年 | 4月8日.
fn splits_date(paragraph: &[&str], line: &str) -> bool {
    const MARKS: [char; 7] = ['年', '月', '日', '时', '点', '分', '秒'];
    const HEAD_CHARS: usize = 12;
    let own = line.trim();
    let words: String = paragraph.iter().rev().take(8).rev().map(|l| l.trim()).collect();
    let marked =
        |text: &str| text.ends_with(MARKS) && text.trim_end_matches(MARKS).ends_with(|c: char| c.is_ascii_digit());
    let figure = own.len() - own.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = own.get(figure..).unwrap_or_default().trim_start();
    let begun = words.char_indices().rev().take(HEAD_CHARS).any(|(at, _)| words.get(at..).is_some_and(opens_date));
    let goes_on = if (1..=2).contains(&figure) {
        // A figure alone may be a page's number, unless the mark before it stands alone as well.
        let apart = paragraph.last().is_some_and(|l| l.trim().chars().count() == 1);
        marked(&words) && (rest.is_empty() && apart || rest.starts_with(MARKS))
    } else {
        // 日常维护 begins with no mark of a date.
        let behind = own.chars().nth(1);
        let closes = behind.is_none_or(|c| c.is_ascii_digit() || " （(，,。；;至—".contains(c));
        figure == 0 && own.starts_with(MARKS) && closes && words.ends_with(|c: char| c.is_ascii_digit())
    };
    begun && goes_on
}

/// Whether a text begins with a year and nothing but a date follows it.
fn opens_date(text: &str) -> bool {
    let year =
        text.get(..4).filter(|y| y.bytes().all(|b| b.is_ascii_digit()) && (y.starts_with("19") || y.starts_with("20")));
    let dated = |c: char| c.is_ascii_digit() || c == ' ' || "年月日时点分秒".contains(c);
    year.is_some() && text.chars().all(dated)
}

/// Whether `line` stands under the words of `before` and goes on with them:
///
/// ```text
///   2.1 地点：云岭县玉泉路45号及其下属
///            三个水厂。
/// ```
fn hangs(before: &str, line: &str) -> bool {
    const COLUMNS_MIN: usize = 40;
    let (head, rest) = (before.trim(), line.trim());
    let numbered = numbers::number(head).is_some();
    let ended = head.ends_with(['。', '；', ';', '：', ':', '！', '.']);
    let opens =
        numbers::number(rest).is_some() || rest.starts_with(['-', '•', '·', '*', '★', '▲', '（', '(', '|', '│']);
    let spoken = head.contains(['：', ':', '，', '、']);
    indent(line) > indent(before) + 1
        && numbered
        && spoken
        && !ended
        && !opens
        && !rest.is_empty()
        && !rest.contains("   ")
        && columns(before.trim_end()) >= COLUMNS_MIN
}

/// Whether a line is set in under the number or bullet of the English point it goes on with, or under such a line.
fn hangs_in_english(before: &str, line: &str) -> bool {
    let (above, own) = (before.trim(), line.trim());
    let point = numbers::number(above).is_some() && indent(line) > indent(before);
    let below = indent(before) > 0 && indent(line) == indent(before);
    (point || below)
        && own.is_ascii()
        && above.is_ascii()
        && !above.ends_with(['.', ';', ':', '!', '?'])
        && own.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '$')
}

/// Whether an English line of full width leaves its sentence open and `line` goes on with it, in a small letter or with
/// the figure of a number in words: one hundred twenty | (120) days.
fn goes_on_in_english(before: &str, line: &str) -> bool {
    const COLUMNS_MIN: usize = 64;
    let (above, own) = (before.trim(), line.trim());
    let ended = above.ends_with(['.', ';', ':', '!', '?', '|']);
    let word = own.split(' ').next().unwrap_or_default();
    let small = word.starts_with(|c: char| c.is_ascii_lowercase())
        && !word.ends_with([')', ':'])
        && (word.len() > 2 && !word.ends_with('.')
            || word.len() > 4
            || matches!(word, "a" | "in" | "of" | "to" | "or"));
    let figure = word.strip_prefix('(').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if leaves_open(above) && goes_on_there(own) {
        return true;
    }
    columns(above) >= COLUMNS_MIN
        && !ended
        && !above.chars().any(is_cjk)
        && indent(line) <= indent(before) + 8
        && !own.contains("   ")
        && (small || figure)
        && numbers::number(own).is_none()
}

/// Whether a line ends with a word no sentence and no title ends with.
fn leaves_open(line: &str) -> bool {
    const COLUMNS_MIN: usize = 30;
    const OPEN: &[&str] = &[
        "a", "an", "and", "at", "before", "by", "for", "from", "in", "of", "on", "or", "than", "the", "to", "until",
        "upto", "with", "within",
    ];
    let last = line.rsplit(' ').next().unwrap_or_default().to_ascii_lowercase();
    columns(line) >= COLUMNS_MIN && OPEN.contains(&last.as_str())
}

/// Whether a line may go on with an open one: words, a time of day or a sum, and no number of a point or mark of a list.
fn goes_on_there(line: &str) -> bool {
    let word = line.split(' ').next().unwrap_or_default();
    let hour = word.split_once([':', '.']).is_some_and(|(hour, rest)| {
        let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        digits(hour) && rest.get(..2).is_some_and(digits) && line.to_ascii_lowercase().contains('m')
    });
    let worded = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$') && !word.ends_with([')', ':']);
    (hour || worded && numbers::number(line).is_none()) && !line.contains("   ")
}

/// Blanks before the first word.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn slack(full: usize) -> usize {
    full / 6
}

/// Terminal columns: a Chinese character takes two.
fn columns(line: &str) -> usize {
    line.chars().map(|c| if is_cjk(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_english_sentence_goes_on_in_the_next_line() {
        let open = "Offers of the suppliers of the depot may not be taken back for one hundred twenty";
        assert!(goes_on_in_english(open, "(120) days after they were opened."));
        assert!(goes_on_in_english(open, "days after they were opened."));
        assert!(goes_on_in_english(open, "or more days after they were opened."));
        assert!(!goes_on_in_english(open, "Offers are opened at once"));
        assert!(!goes_on_in_english(open, "(1) offers are opened at once"));
        assert!(!goes_on_in_english(open, "b) offers are opened at once"));
        assert!(!goes_on_in_english("Offers may not be taken back for thirty", "days after they were opened."));
        assert!(!goes_on_in_english(&format!("{open}."), "days after they were opened."));
        let until = "Offers reach the depot no later than";
        assert!(goes_on_in_english(until, "3:00 p.m. on the day before"));
        assert!(!goes_on_in_english(until, "3.1 Offers are opened at once"));
        assert!(!goes_on_in_english(until, "- by post"));
    }

    #[test]
    fn a_date_goes_on_in_the_next_line() {
        assert!(splits_date(&["投标截止时间：2031"], "年4月8日9时30分"));
        assert!(splits_date(&["投标截止时间：2031年"], "4月8日9时30分（北京时间）"));
        assert!(splits_date(&["2031", "年", "4", "月"], "8"));
        assert!(splits_date(&["2031", "年", "4", "月", "8"], "日"));
        assert!(splits_date(&["开标时间：2031年4月8日"], "9时30分"));
        assert!(!splits_date(&["2031年4月8日"], "9．联系方式"));
        assert!(!splits_date(&["编号：2031"], "日常维护由乙方负责"));
        assert!(!splits_date(&["共12个月"], "3年质保"));
        assert!(!splits_date(&["2031年4月8日"], "10"), "the number of a page");
    }

    #[test]
    fn a_point_goes_on_under_its_number() {
        let full = "2.4 Offers of more than one supplier are taken together when they were sent by";
        assert!(hangs_in_english(full, "    3:00 p.m. on the day before"));
        assert!(hangs_in_english(
            "    and the offers are kept in the strong room of the depot that stands beside",
            "    the weir"
        ));
        assert!(!hangs_in_english(full, "2.5 Offers are opened at once"));
        assert!(!hangs_in_english("2.4 Offers of more than one supplier are taken together.", "    Offers are opened"));
        assert!(!hangs_in_english("2.4 Offers of more than one supplier are taken together when", "    - by post"));
    }
}
