//! Every report says what is found in the language it is asked for.

use bidlens_domain::document::Language;
use bidlens_domain::finding::Review;
use bidlens_domain::wording::is_english;
use bidlens_reports::{Options, annotations, clarification_letter, docx, html, note, review_json, sarif, xlsx};

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
fn risks_are_told_in_the_language_asked_for() {
    let zh = ["可能不符合规定：评标委员会人数不合规定", "成员 6 人，法定为 5 人以上单数", "《招标投标法》第三十七条"];
    let en = [
        "may conflict with the law: the committee",
        "6 members; the law asks for an odd number of 5 or more",
        "Tendering and Bidding Law",
    ];
    for (language, said, other) in [(Language::Zh, zh, en), (Language::En, en, zh)] {
        for (name, text) in reports(language) {
            // Word leaves the description to the quotes; SARIF and annotations have it all in one text.
            let shown = said.iter().filter(|words| text.contains(**words)).count();
            let least = match name {
                "notes" => 0,
                "docx" => 2,
                _ => 3,
            };
            assert!(shown >= least, "{name}: {shown} of {said:?}");
            let foreign = other.iter().find(|words| text.contains(**words));
            assert!(foreign.is_none(), "{name}: {foreign:?}");
        }
    }
}

#[test]
fn an_english_report_has_english_punctuation() {
    let mut review = review();
    let lots = review.facts.fields.get_mut("max_price").expect("the ceiling price");
    let price = lots.value().expect("a price").clone();
    lots.lots = [("1".to_owned(), price.clone()), ("2".to_owned(), price)].into();
    let page = html(&review, &Options { language: Language::En, ..options() });
    assert!(page.contains("800,000 CNY (1: 800,000 CNY; 2: 800,000 CNY)"), "lots");
    let laws: Vec<&str> =
        page.split("<p class=\"law\">").skip(1).filter_map(|part| part.split("</p>").next()).collect();
    assert!(laws.iter().any(|law| law.contains("Tendering and Bidding Law (“招标投标法”), Article 37: “")), "{laws:?}");
    for law in laws {
        assert!(is_english(law), "{law}");
    }
}

#[test]
fn risks_and_contradictions_of_earlier_versions_are_shown_as_they_are() {
    let mut review = review();
    let now = review_json(&review);
    let risk = |json: &serde_json::Value| {
        json["risks"].as_array().into_iter().flatten().find(|r| r["rule_id"] == "LC27Z").expect("the risk").clone()
    };
    assert_eq!(risk(&now)["title"], "可能不符合规定：评标委员会人数不合规定");
    assert_eq!(risk(&now)["in_english"]["title"], "may conflict with the law: the committee's size");
    assert!(risk(&now)["in_chinese"].is_null(), "the tender is Chinese");
    assert_eq!(risk(&now)["legal_basis"][0]["law_en"], "Tendering and Bidding Law");
    assert_eq!(risk(&now)["legal_basis"][0]["article_en"], "Article 37");
    review.facts.risks.iter_mut().for_each(|risk| risk.in_english = None);
    assert!(risk(&review_json(&review))["in_english"].is_null());
    let page = html(&review, &Options { language: Language::En, ..options() });
    assert!(page.contains("可能不符合规定：评标委员会人数不合规定"));
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

#[test]
fn the_letter_tells_the_last_day_by_law_where_the_tender_tells_none() {
    let mut review = review();
    let letter = |review: &Review| unzipped(clarification_letter(review, &options()).expect("a letter"));
    let zh = "招标文件未写明；依法为2024-06-18T09:30，《招标投标法实施条例》第二十二条：自投标截止时间（2024-06-28T09:30）倒推10日";
    assert!(letter(&review).contains(zh));
    let day = review_json(&review)["legal"]["last_day_to_ask"].clone();
    assert_eq!(day["at"], "2024-06-18T09:30");
    assert_eq!(day["counted_from"], "bid_deadline");
    assert_eq!(day["legal_basis"]["article_en"], "Article 22");
    review.facts.language = Language::En;
    assert!(letter(&review).contains("not stated in the tender; by law 2024-06-18T09:30"));
    review.facts.legal.last_day_to_ask = None;
    assert!(letter(&review).contains("not stated in the tender; ask early"));
}
