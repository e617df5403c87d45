//! Files that LibreOffice wrote from our own sources, see `tests/fixtures/make.sh`.

use insta::assert_snapshot;

use crate::{outline, read};

const DOC: &[u8] = include_bytes!("../fixtures/letter.doc");

#[test]
fn an_old_word_file_keeps_its_tables_and_numbers() {
    assert_snapshot!(outline(&read("投标函.doc", DOC)), @r"");
    // WPS gives its documents another name and the same content.
    assert_eq!(read("投标函.wps", DOC).issues, []);
}

#[test]
fn the_same_letter_in_rtf_and_open_document() {
    assert_snapshot!(outline(&read("投标函.rtf", include_bytes!("../fixtures/letter.rtf"))), @r"");
    assert_snapshot!(outline(&read("投标函.odt", include_bytes!("../fixtures/letter.odt"))), @r"");
}

#[test]
fn the_same_prices_in_an_old_workbook_and_open_document() {
    let old = read("报价.xls", include_bytes!("../fixtures/prices.xls"));
    assert_snapshot!(outline(&old), @r"");
    assert_snapshot!(format!("{:?}", old.comments), @"");
    assert_snapshot!(outline(&read("报价.ods", include_bytes!("../fixtures/prices.ods"))), @r"");
}

#[test]
fn slides_old_and_new() {
    assert_snapshot!(outline(&read("方案.ppt", include_bytes!("../fixtures/plan.ppt"))), @r"");
    assert_snapshot!(outline(&read("方案.pptx", include_bytes!("../fixtures/plan.pptx"))), @r"");
}

#[test]
fn damaged_old_documents_never_panic() {
    crate::bad_files::damage("a.doc", DOC, 100);
}
