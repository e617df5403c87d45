//! What is said of a tender, in Chinese and in English.

use std::path::Path;

use bidlens_documents::{Limits, parse};
use bidlens_domain::contradiction::Contradiction;
use bidlens_domain::document::Language;
use bidlens_domain::facts::Facts;
use bidlens_domain::fold::is_han;
use bidlens_domain::risk::Risk;
use bidlens_domain::wording::is_english;
use bidlens_review::rules::data;

fn extract(name: &str, bytes: &[u8]) -> Facts {
    bidlens_review::extract(&[parse(name, bytes, &Limits::default())])
}

/// Every tender among the fixtures of fields, and the examples on which the legal rules fire.
fn tenders() -> Vec<(String, Facts)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fields");
    let files = std::fs::read_dir(folder).expect("the fixtures' folder").map(|e| e.expect("a fixture").path());
    let mut tenders: Vec<(String, Facts)> = files
        .filter(|path| path.extension().is_some_and(|extension| extension != "txt"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let facts = extract(&name, &std::fs::read(&path).expect("a tender"));
            (name, facts)
        })
        .collect();
    let settings = data::settings().expect("settings.yaml");
    for rule in data::load().expect("the rules") {
        for example in &rule.fires {
            let beginning = example.setting.as_ref().and_then(|name| settings.get(name)).map_or("", String::as_str);
            let text = format!("{beginning}\n{}", example.text);
            tenders.push((rule.id.clone(), extract("tender.md", text.as_bytes())));
        }
    }
    tenders
}

/// Title, description and advice.
fn said(risk: &Risk, language: Language) -> [&str; 3] {
    [risk.title_in(language), risk.description_in(language), risk.suggestion_in(language)]
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(is_han)
}

/// The reader's own quoting is not the document's, whose words may stand as they are in a tender of its language.
fn is_quote(words: &str, risk: &Risk) -> bool {
    let bare = |text: &str| text.split(|c: char| !c.is_alphanumeric()).collect::<String>();
    let words = bare(words);
    risk.evidence().iter().any(|e| {
        let quote = bare(&bidlens_domain::fold::folded(e.quote()));
        quote.contains(&words) || words.contains(&quote)
    })
}

#[test]
fn risks_are_told_in_both_languages() {
    let (mut chinese, mut english, mut wrong) = (0, 0, Vec::new());
    for (name, facts) in tenders() {
        for risk in &facts.risks {
            let (zh, en) = (said(risk, Language::Zh), said(risk, Language::En));
            match facts.language {
                Language::Zh => chinese += 1,
                Language::En => english += 1,
            }
            let own = [&risk.title, &risk.description, &risk.suggestion];
            let kept = if risk.in_chinese.is_none() { zh } else { en };
            if risk.in_english.is_none() && is_chinese(&own.map(String::as_str).concat()) {
                wrong.push(format!("{name} {}: no English: {own:?}", risk.rule_id));
            }
            if !en.iter().all(|words| is_english(words) || facts.language == Language::En && is_quote(words, risk)) {
                wrong.push(format!("{name} {}: not English: {en:?}", risk.rule_id));
            }
            if !is_chinese(zh[2]) || !zh[..2].iter().all(|words| is_chinese(words) || is_quote(words, risk)) {
                wrong.push(format!("{name} {}: not Chinese: {zh:?}", risk.rule_id));
            }
            if facts.language == Language::Zh && own.map(String::as_str) != kept {
                wrong.push(format!("{name} {}: the tender's language is another: {own:?}", risk.rule_id));
            }
        }
    }
    assert!(chinese > 1_000 && english > 30, "{chinese} risks of Chinese tenders, {english} of English ones");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), chinese + english, wrong.join("\n"));
}

#[test]
fn contradictions_are_told_in_both_languages_and_asked_in_the_tenders() {
    const TENDERS: [&str; 8] = [
        "# 第一章 招标公告\n\n投标有效期：60日历天\n\n# 第二章 投标人须知\n\n## 投标人须知前附表\n\n| 条款 | 内容 |\n|---|---|\n| 投标有效期 | 90日历天 |\n",
        "# 招标公告\n\n投标截止时间：2026年7月9日（星期五）9时00分\n",
        "# 招标公告\n\n投标截止时间：2026年7月9日9时00分\n\n开标时间：2026年7月8日9时00分\n",
        "# 招标公告\n\n最高限价：人民币壹佰贰拾万元整（¥1,250,000.00元）\n",
        "# 采购需求\n\n付款方式：合同签订后支付30%，验收合格后支付60%，质保期满后支付5%。\n",
        "# 第一章 招标公告\n\n正文。\n\n# 第二章 投标人须知\n\n技术要求见第六章。\n\n# 第三章 评标办法\n\n正文。\n\n# 第四章 采购需求\n\n正文。\n",
        "# 第一章 招标公告\n\n是否接受联合体投标：□接受 □不接受\n",
        "# Invitation for Bids\n\nBid deadline: 9 July 2026, 10:00\n\nBid opening: 8 July 2026, 10:00\n",
    ];
    let own = TENDERS.map(|text| ("a tender".to_owned(), extract("tender.md", text.as_bytes())));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/contradictions/fires");
    let files = std::fs::read_dir(folder).expect("the fixtures' folder").map(|e| e.expect("a fixture").path());
    let kinds =
        files.map(|path| (path.display().to_string(), extract("tender.md", &std::fs::read(&path).expect("a tender"))));
    let mut rules = std::collections::BTreeSet::new();
    for (name, facts) in tenders().into_iter().chain(own).chain(kinds) {
        for one in &facts.contradictions {
            let said = |language| [one.title_in(language), one.description_in(language)];
            assert!(said(Language::En).iter().all(|words| is_english(words)), "{name}: {:?}", said(Language::En));
            assert!(said(Language::Zh).iter().all(|words| is_chinese(words)), "{name}: {:?}", said(Language::Zh));
            assert_eq!(is_chinese(&one.question), facts.language == Language::Zh, "{name}: {}", one.question);
            rules.insert(one.rule_id.clone());
        }
    }
    let expected = [
        "K020", "K021", "K022", "K023", "K024", "K025", "K026", "K027", "K028", "K029", "K034", "K035", "K036", "K037",
        "K038", "K039", "K040", "K041", "K042", "K043", "K044", "K045", "K046", "K047", "K048", "K049", "K050",
    ];
    assert_eq!(rules, expected.map(str::to_owned).into());
}

#[test]
fn what_earlier_versions_stored_is_shown_as_it_is() {
    let tender = "# 招标公告\n\n投标截止时间：2026年7月9日（星期五）9时00分\n\n逾期送达的投标文件，招标人不予受理。\n";
    let facts = extract("tender.md", tender.as_bytes());
    let mut stored = serde_json::to_value(&facts).expect("stored");
    for list in ["risks", "contradictions"] {
        let all = stored[list].as_array_mut().expect("a list");
        assert!(!all.is_empty(), "{list}");
        for one in all {
            let object = one.as_object_mut().expect("an object");
            assert!(object.remove("in_chinese").is_some_and(|words| words.is_null()), "the tender is Chinese");
            assert!(object.remove("in_english").is_some_and(|words| words.is_object()), "{object:?}");
        }
    }
    let earlier: Facts = serde_json::from_value(stored).expect("read");
    for risk in &earlier.risks {
        assert_eq!(said(risk, Language::En), said(risk, Language::Zh));
        assert_eq!(risk.title_in(Language::En), risk.title);
    }
    let titles = |one: &Contradiction| [Language::Zh, Language::En].map(|language| one.title_in(language).to_owned());
    assert!(earlier.contradictions.iter().all(|one| titles(one).iter().all(|title| *title == one.title)));
}

#[test]
fn every_law_of_the_rules_has_an_english_name() {
    let facts = tenders();
    let basis = facts.iter().flat_map(|(_, facts)| &facts.risks).flat_map(|risk| &risk.basis);
    let mut laws = std::collections::BTreeSet::new();
    for one in basis {
        let cited = one.cited_in(Language::En);
        assert!(!is_chinese(&cited), "{cited}");
        laws.insert(one.law.clone());
    }
    assert!(laws.len() >= 10, "{laws:?}");
}
