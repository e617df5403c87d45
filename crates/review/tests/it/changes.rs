//! Addenda: what they change stands, what they take out does not, and both are shown.

use bidlens_documents::{Limits, parse};
use bidlens_domain::document::Document;
use bidlens_domain::facts::Facts;
use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Constraint;

const TENDER: &str = "# 云溪市图书馆书架采购项目招标文件\n\n## 第一章 招标公告\n\n项目名称：云溪市图书馆书架采购项目\n\n项目编号：YXZB-2026-018\n\n最高限价：50万元\n\n投标截止时间：2026年12月10日9时30分\n\n开标时间：2026年12月10日9时30分\n\n## 第二章 投标人须知\n\n投标有效期：自投标截止之日起60日历天\n\n投标保证金：人民币5000元\n\n## 第三章 采购需求\n\n标注★的条款为实质性要求，不满足的投标无效。\n\n质保期：自验收合格之日起不少于2年\n\n★层板承重≥80kg\n\n★钢板厚度≥1.0mm\n";

fn document(name: &str, text: &str) -> Document {
    parse(name, text.as_bytes(), &Limits::default())
}

fn documents(addenda: &[(&str, &str)]) -> Vec<Document> {
    std::iter::once(document("招标文件.md", TENDER)).chain(addenda.iter().map(|(n, t)| document(n, t))).collect()
}

/// The facts of the tender with its addenda; every change is shown in the file's own words.
fn facts(addenda: &[(&str, &str)]) -> Facts {
    let documents = documents(addenda);
    let facts = bidlens_review::extract(&documents);
    for change in &facts.changes {
        let file = documents.iter().find(|d| d.id == *change.evidence.document()).expect("the addendum");
        let block = file.block(change.evidence.block()).expect("its block");
        assert!(block.text.contains(change.evidence.quote()), "{change:?}");
    }
    facts
}

/// What is found for a field, as JSON, and the file that says so.
fn found(facts: &Facts, key: &str) -> String {
    let field = facts.field(key).expect("the field");
    let value = field.found().map(|v| serde_json::to_string(v).expect("json")).unwrap_or_default();
    format!("{value} {}", field.evidence().first().map_or("", |e| e.file()))
}

/// Each change as `subject: before → after`.
fn changes(facts: &Facts) -> Vec<String> {
    let line = |c: &bidlens_domain::change::Change| {
        format!("{}: {} → {}", c.subject, c.before.as_deref().unwrap_or("-"), c.after)
    };
    facts.changes.iter().map(line).collect()
}

#[test]
fn without_an_addendum_nothing_changes() {
    let facts = facts(&[]);
    assert!(facts.changes.is_empty());
    assert!(found(&facts, "bid_deadline").contains("2026-12-10T09:30"));
}

#[test]
fn from_and_to_in_a_sentence() {
    let facts = facts(&[(
        "补遗书.txt",
        "补遗书（第1号）\n一、投标截止时间和开标时间由2026年12月10日9时30分修改为2026年12月20日14时00分，地点不变。\n二、最高限价由50万元调整为48万元。\n三、投标有效期由60日历天改为90日历天。\n",
    )]);
    assert!(found(&facts, "bid_deadline").contains("2026-12-20T14:00"), "{}", found(&facts, "bid_deadline"));
    assert!(found(&facts, "opening_time").contains("2026-12-20T14:00"), "{}", found(&facts, "opening_time"));
    assert!(found(&facts, "max_price").contains("48000000"), "{}", found(&facts, "max_price"));
    assert!(
        found(&facts, "bid_validity_days").starts_with("90 补遗书.txt")
            || found(&facts, "bid_validity_days").contains("90")
    );
    assert_eq!(
        changes(&facts),
        [
            "投标截止时间和开标时间: 2026年12月10日9时30分 → 2026年12月20日14时00分",
            "最高限价: 50万元 → 48万元",
            "投标有效期: 60日历天 → 90日历天",
        ]
    );
    assert_eq!(facts.changes[0].fields, ["bid_deadline", "opening_time"]);
    assert!(!facts.changes[1].requirements.is_empty(), "the ceiling of the ledger is the new one");
}

#[test]
fn what_was_and_what_is_now() {
    let facts = facts(&[(
        "更正公告.txt",
        "更正公告\n原投标截止时间为2026年12月10日9时30分，现变更为2026年12月18日9时30分。\n投标保证金\n原招标文件内容：投标保证金：人民币5000元。\n现修改为：投标保证金：人民币8000元。\n",
    )]);
    assert!(found(&facts, "bid_deadline").contains("2026-12-18T09:30"), "{}", found(&facts, "bid_deadline"));
    assert!(found(&facts, "bid_bond").contains("800000"), "{}", found(&facts, "bid_bond"));
}

#[test]
fn a_table_of_before_and_after() {
    let facts = facts(&[(
        "澄清公告.md",
        "# 澄清公告\n\n| 序号 | 更正事项 | 更正前内容 | 更正后内容 |\n|---|---|---|---|\n| 1 | 投标截止时间 | 2026年12月10日9时30分 | 2026年12月30日10时00分 |\n| 2 | 投标有效期 | 自投标截止之日起60日历天 | 自投标截止之日起150日历天 |\n",
    )]);
    assert!(found(&facts, "bid_deadline").contains("2026-12-30T10:00"), "{}", found(&facts, "bid_deadline"));
    assert!(found(&facts, "bid_validity_days").contains("150"), "{}", found(&facts, "bid_validity_days"));
    assert_eq!(facts.changes.len(), 2);
}

#[test]
fn only_what_is_now() {
    let facts = facts(&[(
        "延期补遗.txt",
        "关于延期开标的补遗通知\n现将本项目投标截止时间及开标时间延期至2027年1月5日上午9时00分，开标地点不变，请各潜在投标人相互转告。\n",
    )]);
    assert!(found(&facts, "bid_deadline").contains("2027-01-05T09:00"), "{}", found(&facts, "bid_deadline"));
    assert_eq!(changes(&facts), ["投标截止时间及开标时间: - → 2027年1月5日上午9时00分"]);
}

#[test]
fn the_newest_of_several_stands() {
    let first = ("补遗一.txt", "补遗书（第1号）\n投标截止时间由2026年12月10日9时30分修改为2026年12月20日9时30分。\n");
    let second = ("补遗二.txt", "补遗书（第2号）\n投标截止时间由2026年12月20日9时30分修改为2026年12月28日9时30分。\n");
    for addenda in [[first, second], [second, first]] {
        let facts = facts(&addenda);
        assert!(found(&facts, "bid_deadline").contains("2026-12-28T09:30"), "{}", found(&facts, "bid_deadline"));
    }
}

#[test]
fn an_english_addendum() {
    let tender = document(
        "tender.md",
        "# Tender for reading room chairs\n\nTender number: YX-EN-7\n\nDeadline for submission of bids: 10 December 2026, 10:00\n",
    );
    let addendum = document(
        "Addendum 1.md",
        "# Addendum No. 1\n\nThe deadline for submission of bids is changed from 10 December 2026, 10:00 to 17 December 2026, 10:00.\n",
    );
    let facts = bidlens_review::extract(&[tender, addendum]);
    assert!(found(&facts, "bid_deadline").contains("2026-12-17"), "{}", found(&facts, "bid_deadline"));
}

#[test]
fn a_changed_demand_replaces_the_old_one_and_is_judged() {
    let addendum = ("补遗一.txt", "补遗书\n“★层板承重≥80kg”修改为“★层板承重≥120kg”。\n钢板厚度由1.0mm调整为1.2mm。\n");
    let facts = facts(&[addendum]);
    let bound = |name: &str| {
        let bounds = facts.requirements.iter().filter_map(|r| match &r.constraint {
            Constraint::Parameter { name: own, bounds, .. } if own.contains(name) => bounds.first().map(|b| b.value),
            _ => None,
        });
        bounds.collect::<Vec<_>>()
    };
    assert_eq!((bound("层板承重"), bound("钢板厚度")), (vec![120.0], vec![1.2]));
    let changed = facts.requirements.iter().find(|r| r.text.contains("120kg")).expect("the new demand");
    assert!(changed.rigid && changed.mark == "★");
    assert_eq!(changed.evidence().iter().map(|e| e.file()).collect::<Vec<_>>(), ["补遗一.txt", "招标文件.md"]);

    // A bid that cites the old demand and keeps it alone falls short of the new one.
    let bid = document(
        "云溪木业有限公司投标文件.md",
        "# 投标文件\n\n投标人：云溪木业有限公司\n\n## 技术条款偏离表\n\n| 序号 | 招标文件要求 | 投标响应 | 偏离说明 |\n|---|---|---|---|\n| 1 | ★层板承重≥80kg | 层板承重100kg | 无偏离 |\n| 2 | ★钢板厚度≥1.0mm | 钢板厚度1.2mm | 无偏离 |\n",
    );
    let documents = documents(&[addendum]);
    let bid = [bid];
    let files = [bidlens_review::BidFiles { bidder_name: "云溪木业有限公司".to_owned(), documents: &bid }];
    let reviews = bidlens_review::review(&documents, &facts, &files, &[]).reviews;
    let findings: Vec<_> = reviews.iter().flat_map(|r| &r.findings).filter(|f| f.rule_id == "B010").collect();
    let verdicts: Vec<_> = findings.iter().map(|f| (f.requirement_text.as_str(), f.verdict())).collect();
    assert_eq!(verdicts, [("★层板承重≥120kg", Verdict::Fail), ("★钢板厚度≥1.2mm", Verdict::Pass)]);
    assert!(findings[0].tender_evidence.iter().any(|e| e.file() == "补遗一.txt"));
}

#[test]
fn two_changes_in_one_sentence() {
    let facts = facts(&[(
        "更正公告.txt",
        "更正公告\n1．最高限价由50万元变更为45万元，投标有效期由60日历天变更为90日历天。\n2．第二章第3项“投标保证金：人民币5000元”，现更正为“投标保证金：人民币6000元”；\n",
    )]);
    assert!(found(&facts, "max_price").contains("45000000"), "{}", found(&facts, "max_price"));
    assert!(found(&facts, "bid_validity_days").contains("90"), "{}", found(&facts, "bid_validity_days"));
    assert!(found(&facts, "bid_bond").contains("600000"), "{}", found(&facts, "bid_bond"));
    assert_eq!(
        changes(&facts),
        [
            "最高限价: 50万元 → 45万元",
            "投标有效期: 60日历天 → 90日历天",
            "投标保证金: 投标保证金：人民币5000元 → 投标保证金：人民币6000元",
        ]
    );
}

#[test]
fn quoted_words_bring_their_own_label() {
    let facts = facts(&[(
        "更正公告.txt",
        "更正公告\n2．第三章采购需求第2款“质保期：自验收合格之日起不少于2年”，现修改为“质保期：自验收合格之日起不少于6年，质保期内免费上门服务，接到报修后在2小时内响应”；\n",
    )]);
    assert!(found(&facts, "warranty_period").contains("6年"), "{}", found(&facts, "warranty_period"));
    assert_eq!(facts.changes[0].subject, "质保期");
}

#[test]
fn questions_and_answers() {
    let facts = facts(&[(
        "答疑纪要.txt",
        "答疑纪要\n问：投标有效期是多少？答：投标有效期调整为120日历天。\n问：投标保证金可否减少？答：投标保证金由5000元调减为3000元。\n",
    )]);
    assert!(found(&facts, "bid_validity_days").contains("120"), "{}", found(&facts, "bid_validity_days"));
    assert!(found(&facts, "bid_bond").contains("300000"), "{}", found(&facts, "bid_bond"));
    assert_eq!(changes(&facts), ["投标有效期: - → 120日历天", "投标保证金: 5000元 → 3000元"]);
}

#[test]
fn words_like_these_elsewhere_change_nothing() {
    // In the tender itself such words are rules, not changes.
    let tender = document("招标文件.md", &format!("{TENDER}\n## 第四章 合同\n\n合同价由双方协商调整为最终结算价。\n"));
    assert!(bidlens_review::extract(&[tender]).changes.is_empty());
    // An addendum that is long and has a tender's chapters is the tender itself.
    let whole = format!("{}\n## 第五章 评标办法\n{}", TENDER, "\n\n本章规定评审的步骤。".repeat(160));
    let facts = bidlens_review::extract(&[document("招标文件（含补遗）.md", &whole)]);
    assert!(facts.requirements.iter().any(|r| r.text.contains("层板承重")), "its demands stand");
    let facts = self::facts(&[(
        "澄清文件.txt",
        "澄清文件\n问：投标报价是否由总价改为单价？\n答：以招标文件为准。\n投标人应为独立法人，请投标人代表提前到达现场。\n",
    )]);
    assert!(facts.changes.iter().all(|c| c.subject != "投标人" && !c.after.contains("现场")), "{:?}", facts.changes);
    assert!(found(&facts, "max_price").contains("50000000"), "{}", found(&facts, "max_price"));
}
