//! Every report names the law a tender was judged by, and the article a risk or finding rests on.

use std::io::{Cursor, Read as _};

use bidlens_documents::{Limits, parse};
use bidlens_domain::decision::{Decision, DecisionKind, ReviewerDecision, Standing};
use bidlens_domain::document::Language;
use bidlens_domain::finding::{FileSummary, Review};
use bidlens_reports::{Options, docx, html, review_json, xlsx};
use bidlens_review::BidFiles;

const TENDER: &str = "# 柏溪县河道整治工程施工招标文件\n\n# 第一章 招标公告\n\n根据《中华人民共和国招标投标法》，招标人对本工程施工进行公开招标。本项目属于依法必须进行招标的项目。\n\n招标人：柏溪县水务建设管理处\n\n项目名称：柏溪县河道整治工程施工\n\n招标方式：公开招标\n\n投标截止时间：2024年6月28日9时30分\n\n最高限价：人民币800000元\n\n# 第二章 投标人须知\n\n投标报价超过最高限价的，投标无效。\n\n评标委员会由6人组成。\n";
const BID: &str = "# 投标函\n\n投标总报价为人民币900,000.00元（大写：玖拾万元整）。\n\n投标人：清源水利工程有限公司\n";

pub(crate) fn review() -> Review {
    let tender = [parse("tender.md", TENDER.as_bytes(), &Limits::default())];
    let bid = [parse("bid.md", BID.as_bytes(), &Limits::default())];
    let facts = bidlens_review::extract(&tender);
    let files = [BidFiles { bidder_name: "清源水利工程有限公司".to_owned(), documents: &bid }];
    let bids = bidlens_review::review(&tender, &facts, &files, &[]).reviews;
    Review { tender_files: tender.iter().map(FileSummary::from).collect(), facts, bids }
}

pub(crate) fn options() -> Options {
    Options { language: Language::Zh, generated_at: "2026-01-05 09:30".to_owned(), project_name: None }
}

/// The text parts of an office file, one behind the other.
pub(crate) fn unzipped(bytes: Vec<u8>) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an office file is an archive");
    let mut all = String::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        if part.name().is_ok_and(|name| name.ends_with(".xml")) {
            part.read_to_string(&mut all).expect("XML is text");
        }
    }
    all
}

#[test]
fn html_word_and_excel_show_the_articles() {
    let review = review();
    let page = html(&review, &options());
    let word = unzipped(docx(&review, &options()).expect("a Word report"));
    let excel = unzipped(xlsx(&review, &options()).expect("an Excel report"));
    for (name, text) in [("html", &page), ("docx", &word), ("xlsx", &excel)] {
        assert!(text.contains("可能不符合规定：评标委员会人数不合规定"), "{name}: the risk");
        assert!(text.contains("《招标投标法》第三十七条：“成员人数为五人以上单数"), "{name}: its article's words");
        assert!(text.contains("《招标投标法实施条例》第五十一条"), "{name}: the article on the bid");
    }
    for (name, text) in [("html", &page), ("docx", &word)] {
        assert!(text.contains("适用法律：招标投标法（依法必须招标）"), "{name}: the regime");
    }
}

#[test]
fn json_tells_the_regime_its_words_and_what_was_not_judged() {
    let json = review_json(&review());
    assert_eq!(json["legal"]["regime"], "ztb_mandatory");
    assert_eq!(json["legal"]["date"], "2024-06-28");
    assert!(json["legal"]["evidence"][0]["quote"].as_str().is_some_and(|q| q.contains("招标投标法")));
    let rules = json["legal"]["rules"].as_array().expect("all rules");
    let rule = |id: &str| rules.iter().find(|r| r["rule_id"] == id).expect("the rule").clone();
    assert_eq!(rule("LC27Z")["state"], "fired");
    assert_eq!(rule("LT01")["state"], "abstained");
    assert_eq!(rule("LT01")["abstention"], "facts_missing");
    assert_eq!(rule("LT01")["missing"][0], "doc_obtain_start");
    assert_eq!(rule("LS01")["state"], "not_applicable");
    let risks = json["risks"].as_array().expect("risks");
    let risk = risks.iter().find(|r| r["rule_id"] == "LC27Z").expect("the risk");
    assert_eq!(risk["legal_basis"][0]["law"], "招标投标法");
    assert_eq!(risk["legal_basis"][0]["valid_from"], "2000-01-01");
    assert!(risk["evidence"][0]["quote"].as_str().is_some_and(|q| q.contains("6人")));
}

#[test]
fn html_word_and_excel_show_what_a_person_decided() {
    let mut review = review();
    let bid = &mut review.bids[0];
    let (bidder, finding) = (bid.bidder_name.clone(), &mut bid.findings[0]);
    let rejected = Decision::new(DecisionKind::Rejected, None, None, Some("限价已由补遗<提高>")).expect("a decision");
    finding.decision = Some(ReviewerDecision {
        finding_id: finding.id.clone(),
        bidder_name: bidder,
        decision: rejected,
        decided_by: "anna".to_owned(),
        decided_at: chrono::DateTime::UNIX_EPOCH,
        standing: Standing::Current,
    });
    let page = html(&review, &options());
    let word = unzipped(docx(&review, &options()).expect("a Word report"));
    let excel = unzipped(xlsx(&review, &options()).expect("an Excel report"));
    for (name, text) in [("html", page), ("docx", word), ("xlsx", excel)] {
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        let words = "人工复核：不认可；理由：限价已由补遗<提高>；anna, 1970-01-01 00:00 UTC";
        assert!(text.contains(words), "{name}");
    }
    let told = &review_json(&review)["bids"][0]["findings"][0]["decision"];
    assert_eq!(
        (&told["decision"], &told["state"], &told["result"]),
        (&"rejected".into(), &"current".into(), &serde_json::Value::Null)
    );
}
