//! Every report says what is found in the language it is asked for.

use bidlens_domain::document::Language;
use bidlens_domain::finding::Review;
use bidlens_reports::{Options, annotations, docx, html, note, review_json, sarif, xlsx};

use crate::legal::{options, review, unzipped};

/// All reports of the review as text, by name.
fn reports(language: Language) -> Vec<(&'static str, String)> {
    let review = review();
    let options = Options { language, ..options() };
    let notes: Vec<String> = review.bids[0].findings.iter().map(|finding| note(finding, language)).collect();
    vec![
        ("html", html(&review, &options)),
        ("docx", unzipped(docx(&review, &options).expect("a Word report"))),
        ("xlsx", unzipped(xlsx(&review, &options).expect("an Excel report"))),
        ("annotations", annotations(&review, language).to_string()),
        ("sarif", sarif(&review, language).to_string()),
        ("notes", notes.join("\n")),
    ]
}

#[test]
fn findings_are_told_in_the_language_asked_for() {
    let (zh, en) = (
        "投标总价 900,000 CNY 超过最高限价 800,000 CNY",
        "The total price of 900,000 CNY exceeds the ceiling price of 800,000 CNY",
    );
    for (name, text) in reports(Language::Zh) {
        assert!(text.contains(zh) && !text.contains(en), "{name}");
    }
    for (name, text) in reports(Language::En) {
        assert!(text.contains(en) && !text.contains(zh), "{name}");
    }
}

#[test]
fn json_tells_findings_in_both_languages() {
    let mut review = review();
    let told = |review: &Review| review_json(review)["bids"][0]["findings"][0].clone();
    let both = told(&review);
    assert_eq!(both["remark"], "投标总价 900,000 CNY 超过最高限价 800,000 CNY");
    assert_eq!(both["remark_en"], "The total price of 900,000 CNY exceeds the ceiling price of 800,000 CNY");
    review.bids[0].findings[0].remark_en.clear();
    assert_eq!(told(&review)["remark_en"], both["remark"], "a finding of an earlier version");
}
