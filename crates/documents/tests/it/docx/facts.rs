//! The acceptance list: every fact of the fixture is read, and stands where it belongs.

use crate::docx::fixture::{FACTS, holds, long_tender, numbers, tender, wrong_numbers};
use crate::{outline, read};
use bidlens_domain::document::BlockKind;

#[test]
fn no_fact_of_the_tender_with_thirty_tables_is_lost() {
    let document = read("漷河泵站招标文件.docx", &tender());
    let tables = document.blocks.iter().filter(|b| matches!(b.kind, BlockKind::Table(_))).count();
    assert_eq!(tables, 30);
    assert!(FACTS.len() >= 60, "{} facts", FACTS.len());
    let lost: Vec<String> = FACTS
        .iter()
        .filter(|fact| !holds(&document, fact))
        .map(|(hides, place, words)| format!("{hides}: {words:?} is not at {place:?}"))
        .collect();
    assert!(lost.is_empty(), "{}\n\n{}", lost.join("\n"), outline(&document));
}

#[test]
fn every_number_is_printed_as_word_prints_it() {
    let wrong = wrong_numbers(&read("编号.docx", &numbers()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The measured document is a real one: every clause has its number, every table its cells.
#[test]
fn the_long_tender_is_read_whole() {
    let document = read("长文件.docx", &long_tender(40));
    assert_eq!(document.issues, []);
    assert_eq!(document.pages.len(), 41);
    let tables = document.blocks.iter().filter(|b| matches!(b.kind, BlockKind::Table(_))).count();
    assert_eq!(tables, 20);
    let last = document.blocks.iter().rev().find(|b| b.text.contains("投标人应当")).map(|b| b.text.as_str());
    assert!(last.is_some_and(|text| text.starts_with("40.10 投标人应当")), "{last:?}");
}
