//! The legal rules, held against their own examples and against the demands on their data.

use bidlens_documents::{Limits, parse};
use bidlens_domain::facts::Facts;
use bidlens_domain::legal::{Abstention, Regime, RuleOutcome, RuleState};
use bidlens_domain::risk::Certainty;
use bidlens_review::rules::data::{self, Example, Kind, LegalRule};

fn extract(markdown: &str) -> Facts {
    bidlens_review::extract(&[parse("tender.md", markdown.as_bytes(), &Limits::default())])
}

fn text_of(example: &Example) -> String {
    let settings = data::settings().expect("settings.yaml");
    let beginning = example
        .setting
        .as_ref()
        .map_or("", |name| settings.get(name).unwrap_or_else(|| panic!("no setting {name} in settings.yaml")).as_str());
    format!("{beginning}\n{}", example.text)
}

fn outcome(facts: &Facts, rule: &LegalRule) -> RuleOutcome {
    facts.legal.outcomes.iter().find(|o| o.rule_id == rule.id).expect("every rule has an outcome").clone()
}

#[test]
fn every_rule_fires_on_its_examples_and_is_silent_on_the_others() {
    let mut wrong = Vec::new();
    for rule in data::load().expect("the rules") {
        for example in &rule.fires {
            let facts = extract(&text_of(example));
            let found = outcome(&facts, &rule);
            let risk = facts.risks.iter().find(|r| r.rule_id == rule.id);
            if found.state != RuleState::Fired || risk.is_none_or(|r| r.evidence().is_empty() || r.basis.is_empty()) {
                wrong.push(format!(
                    "{} must fire: {found:?}, regime {:?}\n{}",
                    rule.id, facts.legal.regime, example.text
                ));
            }
        }
        for example in &rule.silent {
            let facts = extract(&text_of(example));
            let found = outcome(&facts, &rule);
            if found.state != example.state || facts.risks.iter().any(|r| r.rule_id == rule.id) {
                wrong.push(format!(
                    "{} must be {}: {found:?}, regime {:?}\n{}",
                    rule.id,
                    example.state.as_str(),
                    facts.legal.regime,
                    example.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} examples\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_has_what_a_reader_needs_to_check_it() {
    let rules = data::load().expect("the rules");
    assert!(rules.len() >= 130, "{} rules", rules.len());
    for rule in &rules {
        let id = &rule.id;
        assert!(!rule.fires.is_empty() && !rule.silent.is_empty(), "{id} lacks an example");
        assert!(!rule.regimes.is_empty() && !rule.versions.is_empty(), "{id} lacks a regime or a version");
        assert!(!rule.regimes.contains(&Regime::Unknown), "{id} would be judged without knowing the law");
        for words in [&rule.title, &rule.explanation, &rule.advice] {
            assert!(!words.zh.trim().is_empty() && !words.en.trim().is_empty(), "{id} lacks words in a language");
        }
        for pair in rule.versions.windows(2) {
            let (Some(to), from) = (pair[0].to, pair[1].from) else {
                panic!("{id}: a version before the last has no end")
            };
            assert_eq!(to.succ_opt(), Some(from), "{id}: versions leave a gap or overlap");
        }
        for version in &rule.versions {
            assert!(!version.basis.is_empty(), "{id} lacks an article");
            for basis in &version.basis {
                let hint = version.kind.unwrap_or(rule.kind) == Kind::Info;
                assert!(hint || !basis.text.is_empty(), "{id}: a hard rule needs the article's words");
                assert!(basis.text.chars().count() <= 80, "{id}: quote the article shortly");
            }
            for key in version.check.needs() {
                let facts = extract("");
                let known = facts.fields.contains_key(&key) || key == "scoring";
                assert!(known, "{id} needs the field {key}, which no reader knows");
            }
        }
    }
}

#[test]
fn without_a_known_law_every_rule_abstains() {
    let settings = data::settings().expect("settings.yaml");
    let facts = extract(&settings["no_law"]);
    assert_eq!(facts.legal.regime, Regime::Unknown);
    assert!(facts.legal.outcomes.iter().all(|o| o.abstention == Some(Abstention::RegimeUnknown)));
    assert!(facts.risks.iter().all(|r| r.basis.is_empty()));
}

#[test]
fn the_regime_follows_the_words_of_the_tender() {
    let settings = data::settings().expect("settings.yaml");
    let regime = |name: &str| extract(&settings[name]).legal.regime;
    assert_eq!(regime("gov_goods"), Regime::GovGoodsServices);
    assert_eq!(regime("gov_services"), Regime::GovGoodsServices);
    assert_eq!(regime("negotiation"), Regime::GovNegotiation);
    assert_eq!(regime("inquiry_undated"), Regime::GovInquiry);
    assert_eq!(regime("consultation"), Regime::GovConsultation);
    assert_eq!(regime("works"), Regime::ZtbMandatory);
    assert_eq!(regime("company_tender"), Regime::Ztb);
    assert_eq!(regime("european"), Regime::Eu);
    assert_eq!(regime("federal"), Regime::UsFar);
}

#[test]
fn a_law_that_is_only_quoted_beside_another_decides_nothing() {
    // A condition copied from a government's tender, while the buyer is called by the word of the other law.
    let copied = "# 采购文件\n\n# 第一章 公告\n\n招标方式：公开招标\n\n招标人：柏溪县供水站\n\n招标人负责解释。招标人保留权利。\n\n投标人应满足《中华人民共和国政府采购法》第二十二条规定。\n";
    assert_eq!(extract(copied).legal.regime, Regime::Unknown);
    // Whoever tenders is under 招标投标法 (its article 2), here by its own word for the buyer.
    let unnamed = "# 招标文件\n\n# 第一章 招标公告\n\n现对本工程施工进行公开招标。\n\n招标方式：公开招标\n\n招标人：柏溪县水务建设管理处\n\n招标人负责解释招标文件。\n";
    assert_eq!(extract(unnamed).legal.regime, Regime::Ztb);
    // Both laws, and the parties called by both names.
    let mixed = "# 招标文件\n\n# 第一章 招标公告\n\n根据《中华人民共和国政府采购法》和《中华人民共和国招标投标法》公开招标。\n\n招标方式：公开招标\n\n项目类别：货物\n\n采购人：云岭市第三中学\n\n招标人应当公布结果。\n";
    let facts = extract(mixed);
    assert_eq!(facts.legal.regime, Regime::Unknown);
    assert!(!facts.legal.regime_evidence.is_empty(), "the words for both laws are kept");
    // A company that buys with the government's words is no public body.
    let company = "# 采购文件\n\n# 第一章 公告\n\n根据《中华人民共和国政府采购法》公开招标。\n\n采购方式：公开招标\n\n采购人：柏溪机械股份有限公司\n\n采购人负责解释。\n";
    assert_eq!(extract(company).legal.regime, Regime::Unknown);
    // The document says itself that it is no government procurement.
    let own = "# 采购文件\n\n# 第一章 公告\n\n采购方式：竞争性磋商\n\n采购人：柏溪机械股份有限公司\n\n本项目不属于政府采购项目，不适用《中华人民共和国政府采购法》。\n";
    assert_eq!(extract(own).legal.regime, Regime::Enterprise);
}

#[test]
fn the_version_in_force_at_the_tenders_date_is_the_one_that_speaks() {
    let settings = data::settings().expect("settings.yaml");
    let deduction = "\n对小型和微型企业的投标报价给予15%的价格扣除。\n";
    let before = extract(&format!("{}{deduction}", settings["gov_goods_2021"]));
    let risk = before.risks.iter().find(|r| r.rule_id == "LS18").expect("6–10% held in 2021");
    assert_eq!(risk.certainty, Certainty::Statutory);
    assert_eq!(risk.basis[0].valid_to.map(|d| d.to_string()).as_deref(), Some("2022-06-30"));
    let after = extract(&format!("{}{deduction}", settings["gov_goods"]));
    assert!(!after.risks.iter().any(|r| r.rule_id == "LS18"), "10–20% holds in 2024");
}

#[test]
fn a_risk_by_law_says_may_and_names_the_article() {
    let settings = data::settings().expect("settings.yaml");
    let facts = extract(&format!("{}\n评标委员会由4人组成。\n", settings["gov_goods"]));
    let risk = facts.risks.iter().find(|r| r.rule_id == "LC27G").expect("four members");
    insta::assert_snapshot!(
        format!("{}\n{}\n{}\n{}", risk.title, risk.description, risk.law.as_deref().unwrap_or(""), risk.evidence()[0].quote()),
        @r"
    可能不符合规定：评标委员会人数不合规定
    成员 4 人，法定为 5 人以上单数。可能与《政府采购货物和服务招标投标管理办法》第四十七条不一致（“成员人数应当为5人以上单数”）。
    《政府采购货物和服务招标投标管理办法》第四十七条
    评标委员会由4人组成。
    "
    );
}

#[test]
fn a_finding_names_the_article_on_such_bids_where_the_law_is_known() {
    let settings = data::settings().expect("settings.yaml");
    let check = |beginning: &str| {
        let words = format!("{beginning}\n最高限价：人民币800000元\n\n投标报价超过最高限价的，投标无效。\n");
        let tender = [parse("tender.md", words.as_bytes(), &Limits::default())];
        let bid = "# 投标函\n\n投标总报价为人民币900,000.00元（大写：玖拾万元整）。\n\n投标人：禾木家居有限公司\n";
        let bid = [parse("bid.md", bid.as_bytes(), &Limits::default())];
        let facts = bidlens_review::extract(&tender);
        let files = [bidlens_review::BidFiles { bidder_name: "禾木家居有限公司".to_owned(), documents: &bid }];
        let reviews = bidlens_review::review(&tender, &facts, &files, &[]).reviews;
        let finding = reviews[0].findings.iter().find(|f| f.rule_id == "B001").expect("the price is judged").clone();
        assert_eq!(finding.verdict(), bidlens_domain::finding::Verdict::Fail);
        finding.basis.iter().map(|b| format!("{} {}", b.law, b.article)).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(check(&settings["gov_goods"]), "政府采购货物和服务招标投标管理办法 第六十三条");
    assert_eq!(check(&settings["works"]), "招标投标法实施条例 第五十一条");
    assert_eq!(check(&settings["no_law"]), "", "the law is not known");
}

#[test]
fn an_article_on_the_bid_bond_is_not_for_the_performance_bond() {
    let settings = data::settings().expect("settings.yaml");
    let words = format!("{}\n投标保证金：人民币20000元\n\n履约保证金：合同金额的5%\n", settings["gov_goods"]);
    let tender = [parse("tender.md", words.as_bytes(), &Limits::default())];
    let bid = "# 投标函\n\n投标人：禾木家居有限公司\n\n我公司提交投标保证金人民币10000元。\n\n我公司按合同金额的2%提交履约保证金。\n";
    let bid = [parse("bid.md", bid.as_bytes(), &Limits::default())];
    let facts = bidlens_review::extract(&tender);
    let files = [bidlens_review::BidFiles { bidder_name: "禾木家居有限公司".to_owned(), documents: &bid }];
    let reviews = bidlens_review::review(&tender, &facts, &files, &[]).reviews;
    let articles = |name: &str| {
        let finding = reviews[0].findings.iter().find(|f| f.rule_id == "B020" && f.remark.starts_with(name));
        let finding = finding.unwrap_or_else(|| panic!("nothing said on {name}"));
        assert_eq!(finding.verdict(), bidlens_domain::finding::Verdict::Fail, "{name}");
        finding.basis.iter().map(|b| b.article.clone()).collect::<Vec<_>>()
    };
    assert_eq!(articles("投标保证金"), ["第六十三条"]);
    assert!(articles("履约保证金").is_empty());
}

#[test]
fn rules_on_bids_name_checks_that_exist() {
    let checks: Vec<String> = (1..=22).map(|n| format!("B{n:03}")).chain((1..=8).map(|n| format!("X{n:03}"))).collect();
    let rules = data::load_bid_rules().expect("bids.yaml");
    assert!(rules.len() >= 10);
    for rule in rules {
        assert!(checks.contains(&rule.check), "{}", rule.check);
        assert!(!rule.subject.zh.is_empty() && !rule.subject.en.is_empty());
        assert!(rule.bases.iter().all(|b| !b.text.is_empty() && !b.regimes.is_empty()), "{}", rule.check);
    }
}

#[test]
fn stored_names_of_regimes_are_the_names_shown() {
    for regime in Regime::ALL {
        assert_eq!(serde_json::to_value(regime).expect("a regime is plain data"), regime.as_str());
    }
}

#[test]
fn text_of_any_kind_is_survived() {
    for text in ["", "《》", "\u{0}", "政府采购法政府采购法", &"招标投标法》".repeat(500)] {
        extract(text);
    }
}
