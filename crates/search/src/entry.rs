//! What the index keeps of one segment, and its form in a row.

use bidlens_domain::segment::{Segment, SegmentKind};

use crate::signs::{Sign, Signs};
use crate::words::words;

/// Fields of an entry, whose words weigh differently: body, label (what names the thing that is stated: before a
/// colon, or in a cell before another), path (titles of the sections around), header (of its table).
pub(crate) const FIELDS: usize = 4;

/// The words of one segment, by where they stand, and the signs of what it states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    pub(crate) fields: [Vec<String>; FIELDS],
    pub(crate) signs: Signs,
}

impl Entry {
    pub fn of(segment: &Segment) -> Entry {
        let terms = |text: &str| words(text).into_iter().map(|w| w.term).collect::<Vec<_>>();
        let labels = labels(&segment.text, segment.kind).iter().flat_map(|label| terms(label)).collect();
        Entry {
            fields: [terms(&segment.text), labels, terms(&segment.section_path), terms(&segment.header)],
            signs: Signs::of(segment),
        }
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

fn labels(text: &str, kind: SegmentKind) -> Vec<&str> {
    let mut labels = Vec::new();
    for line in text.split('\n') {
        let mut cells = line.split('\t').peekable();
        while let Some(cell) = cells.next() {
            let before_colon = cell.split_once(['：', ':']).map(|(label, _)| label);
            let before_cell = (kind == SegmentKind::Table && cells.peek().is_some()).then_some(cell);
            labels.extend(before_colon.or(before_cell).map(str::trim).filter(|label| names_something(label)));
        }
    }
    labels
}

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
        assert_eq!(labels("1、项目编号：QS-1\n地点：甲地，时间：九时", SegmentKind::Text), ["1、项目编号", "地点"]);
        assert_eq!(labels("1.2\t投标有效期\t90 天", SegmentKind::Table), ["投标有效期"]);
        assert_eq!(labels("Last date of bid submission: 5 May", SegmentKind::Text), ["Last date of bid submission"]);
        let sentence = "投标人应当在投标截止时间前完成下列各项工作并且通知招标人：其一";
        assert_eq!(labels(sentence, SegmentKind::Text), [] as [&str; 0]);
    }

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let entry = Entry {
            fields: [vec!["投标".to_owned(), "2031-05-20".to_owned()], Vec::new(), vec!["公告".to_owned()], Vec::new()],
            signs: {
                let mut signs = Signs::default();
                signs.add(Sign::Date);
                signs.add(Sign::Headings);
                signs
            },
        };
        assert_eq!(entry.to_text(), "投标 2031-05-20\n\n公告\n\ndate headings");
        assert_eq!(Entry::from_text(&entry.to_text()), entry);
        assert_eq!(Entry::from_text(""), Entry::default());
    }
}
