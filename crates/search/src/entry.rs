//! What the index keeps of one segment, and its form in a row.

use std::sync::LazyLock;

use bidlens_domain::segment::{Segment, SegmentKind};
use regex::Regex;

use crate::signs::{Sign, Signs};
use crate::words::words;

/// Fields of an entry, whose words weigh differently: body, label (what names the thing that is stated: before a
/// colon, or in a cell before another), path (titles of the sections around), header (of its table), stated (words of a
/// label with a sign of what follows it, such as `工期=period`).
pub(crate) const FIELDS: usize = 5;

/// The words of one segment, by where they stand, and the signs of what it states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    pub(crate) fields: [Vec<String>; FIELDS],
    pub(crate) signs: Signs,
}

impl Entry {
    pub fn of(segment: &Segment) -> Entry {
        let terms = |text: &str| words(text).into_iter().map(|w| w.term).collect::<Vec<_>>();
        let labels = labels(&segment.text, segment.kind);
        let mut signs = Signs::of(segment);
        let blank = labels.iter().filter(|label| label.value.is_empty()).count();
        if blank >= 2 && blank * 2 > labels.len() {
            signs.add(Sign::Blank);
        }
        let (mut named, mut stated) = (Vec::new(), Vec::new());
        for label in labels.into_iter().filter(|label| !label.value.is_empty()) {
            let mut signs = Signs::of_text(label.value);
            signs.add(Sign::Any);
            if label.is_answered() {
                signs.add(Sign::Choice);
            }
            for term in terms(label.name).into_iter().chain(terms(label.above)) {
                stated.extend(signs.names().map(|sign| Entry::stating(&term, sign)));
                named.push(term);
            }
        }
        let mut implied = Signs::of_text(&segment.text);
        implied.add(Sign::Any);
        let cover = if named.is_empty() { cover_names(segment, implied) } else { Vec::new() };
        for term in cover.into_iter().chain(notice_names(&segment.text).iter().copied()).flat_map(terms) {
            stated.extend(implied.names().map(|sign| Entry::stating(&term, sign)));
            named.push(term);
        }
        stated.extend(near(&segment.text));
        Entry {
            fields: [terms(&segment.text), named, terms(&segment.section_path), terms(&segment.header), stated],
            signs,
        }
    }

    /// How the index knows that a name is followed by what bears a sign.
    pub(crate) fn stating(term: &str, sign: &str) -> String {
        format!("{term}={sign}")
    }

    /// How the index knows that a sentence holds a word and what bears a sign.
    pub(crate) fn near(term: &str, sign: &str) -> String {
        format!("{term}~{sign}")
    }

    /// One line for each field and one for the signs, words parted by spaces.
    pub fn to_text(&self) -> String {
        let mut lines: Vec<String> = self.fields.iter().map(|terms| terms.join(" ")).collect();
        lines.push(self.signs.names().collect::<Vec<_>>().join(" "));
        lines.join("\n")
    }

    /// Reads what [`to_text`](Entry::to_text) wrote; what is missing is empty.
    pub fn from_text(text: &str) -> Entry {
        let mut entry = Entry::default();
        let mut lines = text.split('\n');
        for field in &mut entry.fields {
            *field = lines.next().unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect();
        }
        for sign in lines.next().unwrap_or_default().split_ascii_whitespace().filter_map(Sign::parse) {
            entry.signs.add(sign);
        }
        entry
    }
}

/// A longer cell or beginning of a line is a sentence and names nothing.
const LABEL_CHARS_MAX: usize = 24;
const LABEL_WORDS_MAX: usize = 8;

/// What a text names, and what it states of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Label<'t> {
    name: &'t str,
    /// The line above, where the name alone says little: 招标人信息 above 名称.
    above: &'t str,
    /// Empty where it is to be filled in.
    value: &'t str,
}

impl Label<'_> {
    /// Whether it asks yes or no, or is answered so: 是否分包：否.
    fn is_answered(&self) -> bool {
        let answers = ["是", "否", "有", "无", "yes", "no"];
        self.name.contains("是否") || answers.contains(&self.value.trim().to_lowercase().as_str())
    }
}

/// A longer text on the first page is no line of a cover.
const COVER_CHARS_MAX: usize = 300;

/// What a cover states without naming it.
fn cover_names(segment: &Segment, signs: Signs) -> Vec<&'static str> {
    let text = &segment.text;
    let is_cover = segment.page() == 1
        && matches!(segment.kind, SegmentKind::Text | SegmentKind::Headings)
        && text.chars().count() <= COVER_CHARS_MAX
        && !text.contains(['。', '；']);
    if !is_cover {
        return Vec::new();
    }
    let has_code = text.split_whitespace().any(is_code);
    let kinds = [
        (has_code, ["项目编号", "tender number"]),
        (signs.has(Sign::Organisation), ["采购人", "buyer"]),
        (true, ["项目名称", "project name"]),
    ];
    kinds.into_iter().filter(|(is, _)| *is).flat_map(|(_, names)| names).collect()
}

/// What a reader finds in the notice to which a text sends him.
fn notice_names(text: &str) -> &'static [&'static str] {
    let sends = SENDS_TO_NOTICE.as_ref().is_some_and(|sends| sends.is_match(text));
    if sends { &["投标截止时间", "开标时间", "招标文件获取时间"] } else { &[] }
}

/// A word of letters and digits, such as a tender's number.
fn is_code(word: &str) -> bool {
    let has = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
    word.chars().count() >= 5 && has(char::is_ascii_alphabetic) && has(char::is_ascii_digit)
}

static SENDS_TO_NOTICE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"公告[^。\n]{0,12}(?:详见|请见|见)[:：]?").ok());

/// Names that say little without what stands above them.
const BARE_NAMES: [&str; 20] = [
    "名称",
    "时间",
    "地点",
    "地址",
    "方式",
    "日期",
    "金额",
    "期限",
    "要求",
    "内容",
    "联系人",
    "电话",
    "联系电话",
    "联系方式",
    "name",
    "date",
    "time",
    "place",
    "address",
    "amount",
];

fn labels(text: &str, kind: SegmentKind) -> Vec<Label<'_>> {
    let mut labels = Vec::new();
    let mut lines = text.split('\n').peekable();
    let mut above = "";
    while let Some(line) = lines.next() {
        let next_line = lines.peek().copied().unwrap_or_default();
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let mut names_any = false;
        for (number, cell) in cells.iter().enumerate() {
            let next_cell = cells.iter().skip(number + 1).find(|cell| !cell.is_empty());
            let pair = match (cell.split_once(['：', ':']), next_cell) {
                (Some((name, value)), _) if !value.trim_matches(FILLING).is_empty() => Some((name, value)),
                // What is named may stand in the next cell or line, unless that names something itself.
                (Some((name, _)), Some(&value)) => Some((name, value)),
                (Some((name, _)), None) if next_line.contains(['：', ':']) => Some((name, "")),
                (Some((name, _)), None) => Some((name, next_line)),
                (None, Some(&value)) if kind == SegmentKind::Table => Some((*cell, value)),
                (None, _) => None,
            };
            let Some((name, value)) = pair else { continue };
            let (name, value) = (name.trim(), value.trim_matches(FILLING));
            if names_something(name) {
                names_any = true;
                let bare = name.trim_start_matches(|c: char| !c.is_alphabetic()).to_lowercase();
                let above = if BARE_NAMES.contains(&bare.as_str()) { above } else { "" };
                labels.push(Label { name, above, value });
            }
        }
        // A short line of its own is the heading of what follows.
        if !names_any && names_something(line.trim()) {
            above = line.trim().trim_end_matches(['：', ':']);
            if kind == SegmentKind::Text && !next_line.trim().is_empty() && !next_line.contains(['：', ':']) {
                labels.push(Label { name: above, above: "", value: next_line.trim_matches(FILLING) });
            }
        }
    }
    labels
}

/// Long words of a sentence with the signs of what it states.
fn near(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for sentence in text.split(['。', '；', ';', '\n', '\t']).filter(|s| s.chars().count() <= SENTENCE_CHARS_MAX) {
        let signs = Signs::of_text(sentence);
        if signs.is_empty() {
            continue;
        }
        let mut terms: Vec<String> = words(sentence).into_iter().map(|w| w.term).filter(|t| says_much(t)).collect();
        terms.sort();
        terms.dedup();
        for term in terms {
            found.extend(signs.names().map(|sign| Entry::near(&term, sign)));
        }
    }
    found
}

/// In a longer sentence a word and a date have little to do with each other.
const SENTENCE_CHARS_MAX: usize = 100;

fn says_much(term: &str) -> bool {
    let letters = term.chars().filter(|c| c.is_alphabetic()).count();
    if term.is_ascii() { letters >= 5 } else { letters >= 3 }
}

/// What stands where something is to be written.
const FILLING: [char; 6] = [' ', '_', '＿', '\u{3000}', '/', '…'];

fn names_something(label: &str) -> bool {
    let short = label.chars().filter(|c| !c.is_whitespace()).count() <= LABEL_CHARS_MAX
        || (label.is_ascii() && label.split_whitespace().count() <= LABEL_WORDS_MAX);
    short && label.chars().any(char::is_alphabetic) && !label.contains(['。', '；', '，', ';'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_before_colons_and_before_cells() {
        let told = |text, kind| labels(text, kind).iter().map(|l| (l.name, l.above, l.value)).collect::<Vec<_>>();
        let of_text = |text| told(text, SegmentKind::Text);
        assert_eq!(
            of_text("1、项目编号：QS-1\n地点：甲地，时间：九时"),
            [("1、项目编号", "", "QS-1"), ("地点", "", "甲地，时间：九时")]
        );
        assert_eq!(told("1.2\t投标有效期\t90 天", SegmentKind::Table), [("投标有效期", "", "90 天")]);
        assert_eq!(of_text("Last date of bid submission: 5 May"), [("Last date of bid submission", "", "5 May")]);
        assert_eq!(
            of_text("项目名称：____\n投标人：\n日期："),
            [("项目名称", "", ""), ("投标人", "", ""), ("日期", "", "")]
        );
        assert_eq!(of_text("1.招标人信息\n名称：甲局"), [("名称", "1.招标人信息", "甲局")]);
        assert_eq!(of_text("开标时间\n五月二十日"), [("开标时间", "", "五月二十日")]);
        let sentence = "投标人应当在投标截止时间前完成下列各项工作并且通知招标人：其一";
        assert_eq!(of_text(sentence), []);
    }

    #[test]
    fn a_yes_or_no_answers_a_choice() {
        let answered = |text| labels(text, SegmentKind::Text).iter().map(Label::is_answered).collect::<Vec<_>>();
        assert_eq!(answered("接受联合体：否\n是否分包：见第三章\n项目编号：QS-1"), [true, true, false]);
        assert_eq!(answered("Consortium: No\nSeal: Yes\nPlace: Norton"), [true, true, false]);
    }

    #[test]
    fn a_reader_is_sent_to_the_notice_for_its_facts() {
        assert!(notice_names("完整公告详见：https://example.com").contains(&"投标截止时间"));
        assert!(notice_names("公告内容请见交易网").contains(&"开标时间"));
        assert_eq!(notice_names("公告发布之日起五日内。详见第三章"), [""; 0]);
    }

    #[test]
    fn a_cover_states_number_name_and_buyer_without_naming_them() {
        let cover = |page: u32, text: &str| {
            let segment = Segment {
                id: bidlens_domain::document::SegmentId::new(
                    &bidlens_domain::document::DocumentId::from_sha256("ab"),
                    bidlens_domain::document::BlockIndex(0),
                    0,
                ),
                blocks: 0..=0,
                kind: SegmentKind::Text,
                pages: page..=page,
                section_path: String::new(),
                header: String::new(),
                text: text.to_owned(),
                pieces: Vec::new(),
                boxes: Vec::new(),
                box_ranges: Vec::new(),
            };
            Entry::of(&segment).fields[1].join(" ")
        };
        assert!(cover(1, "QS-2031-08, dated 18-02-2031").contains("number"));
        assert!(cover(1, "Bluestone Water Authority").contains("buyer"));
        assert!(cover(1, "青石镇供水泵站改造").contains("项目名称"));
        assert!(!cover(1, "青石镇供水泵站改造").contains("项目编号"));
        assert_eq!(cover(2, "青石镇供水泵站改造"), "");
        assert_eq!(cover(1, "投标人应仔细阅读招标文件。"), "");
    }

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let entry = Entry {
            fields: [
                vec!["投标".to_owned(), "2031-05-20".to_owned()],
                Vec::new(),
                vec!["公告".to_owned()],
                Vec::new(),
                vec!["日=date".to_owned()],
            ],
            signs: {
                let mut signs = Signs::default();
                signs.add(Sign::Date);
                signs.add(Sign::Headings);
                signs
            },
        };
        assert_eq!(entry.to_text(), "投标 2031-05-20\n\n公告\n\n日=date\ndate headings");
        assert_eq!(Entry::from_text(&entry.to_text()), entry);
        assert_eq!(Entry::from_text(""), Entry::default());
    }
}
