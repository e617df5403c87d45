//! Each fixture is an invented tender in one of the manners tenders are written; beside it stands what must
//! be read from it, one field a line. `BIDLENS_UPDATE_FIXTURES=1` writes the expectations anew for review.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bidlens_documents::{Limits, parse};
use bidlens_domain::document::Document;
use bidlens_domain::evidence;
use bidlens_domain::field::{Field, FieldStatus, FieldValue};
use proptest::prelude::*;

use super::{KEYS, read};

/// The fields of a tender written in Markdown, one `key = value` for each of `keys` that is stated.
fn fields_text(markdown: &str, keys: &[&str]) -> String {
    let document = parse("tender.md", markdown.as_bytes(), &Limits::default());
    let fields = read(&[document]);
    let mut text = String::new();
    for key in keys {
        if let Some(field) = fields.get(*key).filter(|f| f.status() != FieldStatus::NotFound) {
            writeln!(text, "{key} = {}", field_text(field)).expect("writing to a string");
        }
    }
    text
}

fn field_text(field: &Field) -> String {
    let status = match field.status() {
        FieldStatus::Found => String::new(),
        other => format!("({}) ", other.as_str()),
    };
    let value = field.value().map(value_text).unwrap_or_default();
    let lots: Vec<String> = field.lots.iter().map(|(lot, value)| format!("{lot}: {}", value_text(value))).collect();
    let lots = if lots.is_empty() { String::new() } else { format!(" | lots {}", lots.join("; ")) };
    format!("{status}{value}{lots}").trim().to_owned()
}

fn value_text(value: &FieldValue) -> String {
    match value {
        FieldValue::Text(text) | FieldValue::Choice(text) => text.clone(),
        FieldValue::TextList(texts) => texts.join(" + "),
        FieldValue::Money(money) => money.to_string(),
        FieldValue::Percent(percent) => percent.to_string(),
        FieldValue::Moment(moment) => moment.to_string(),
        FieldValue::Integer(n) => n.to_string(),
        FieldValue::Bool(yes) => yes.to_string(),
        FieldValue::Period { text, length: Some(length) } => format!("{text} [{length}]"),
        FieldValue::Period { text, length: None } => text.clone(),
    }
}

#[test]
fn the_title_of_a_cover_loses_the_whole_kind_of_its_document() {
    let cover = "江城市中心医院核磁维保服务项目单一来源采购文件\n\n2026年3月\n";
    assert_eq!(fields_text(cover, &["project_name"]), "project_name = 江城市中心医院核磁维保服务项目\n");
}

#[test]
fn a_long_english_sentence_sells_the_documents_until_the_deadline() {
    let notice = "# Invitation for Bids\n\nThe deadline for submission of bids is 14 April 2027, 15:00.\n\n\
        The tender document can be downloaded from the official website of the water board, under procurement and then \
        under notices of the central office, up to scheduled due date and time.\n";
    assert_eq!(fields_text(notice, &["doc_obtain_end"]), "doc_obtain_end = 2027-04-14T15:00\n");
}

fn fixtures() -> Vec<(PathBuf, Document)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fields");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the fixtures' folder")
        .map(|entry| entry.expect("a fixture").path())
        .filter(|path| path.extension().is_some_and(|e| e != "txt"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).expect("a fixture's bytes");
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            (path, parse(&name, &bytes, &Limits::default()))
        })
        .collect()
}

#[test]
fn a_share_may_stand_before_the_name_of_its_bond() {
    let of = |line: &str| fields_text(&format!("# 第一章 供应商须知\n\n{line}\n"), &["performance_bond"]);
    let plain = of("成交供应商应在签订合同前交纳成交金额5%的履约保证金。");
    assert_eq!(of("成交供应商应在签订合同前按成交金额的百分之五交纳履约保证金。"), plain);
    assert_eq!(of("中标人应在签订合同前按合同总价的5%向采购人提交履约保证金。"), plain);
    assert_eq!(plain, "performance_bond = 5%\n");
    assert_eq!(of("本项目无需按成交金额的5%交纳履约保证金。"), "performance_bond = (stated_none)\n");
    let penalty = of("中标人逾期的，按合同总价的5%支付违约金，履约保证金不予退还。");
    assert_ne!(penalty, plain, "what is paid for delay is no bond");
}

#[test]
fn a_cover_names_the_number_of_government_procurement() {
    let text = fields_text("# 实验室设备采购\n\n（政府采购项目 编号：QMX[2026]CS-031）\n", &["tender_no"]);
    assert_eq!(text, "tender_no = QMX[2026]CS-031\n");
}

#[test]
fn the_points_of_an_item_are_no_demand() {
    let table = "# 第三章 评标办法\n\n| 评分因素 | 分值 | 评分标准 |\n|---|---|---|\n| 类似业绩 | 10 | 近三年每有一个类似项目业绩得5分。 |\n";
    assert!(!fields_text(table, &["experience"]).contains("= 10"));
    let demand = "# 第一章 招标公告\n\n业绩要求：近三年完成过10个类似项目\n";
    assert_eq!(fields_text(demand, &["experience"]), "experience = 近三年完成过10个类似项目\n");
}

#[test]
fn tenders_of_every_manner_are_read() {
    let update = std::env::var_os("BIDLENS_UPDATE_FIXTURES").is_some();
    let all = fixtures();
    assert!(all.len() >= 10);
    for (path, document) in all {
        let fields = read(std::slice::from_ref(&document));
        let mut text = String::new();
        for key in KEYS {
            let field = fields.get(*key).expect("every key is reported");
            writeln!(text, "{key} = {}", field_text(field)).expect("writing to a string");
        }
        let expected = path.with_extension("txt");
        if update {
            std::fs::write(&expected, &text).expect("the expectation is written");
        }
        let known = std::fs::read_to_string(&expected).unwrap_or_default();
        similar(&known, &text, &path);
    }
}

fn similar(known: &str, text: &str, path: &Path) {
    for (known, text) in known.lines().zip(text.lines()) {
        assert_eq!(known, text, "{}", path.display());
    }
    assert_eq!(known.lines().count(), text.lines().count(), "{}", path.display());
}

#[test]
fn every_quote_stands_in_the_document_at_its_page() {
    for (path, document) in fixtures() {
        for (key, field) in read(std::slice::from_ref(&document)) {
            for proof in field.evidence() {
                let block = document.block(proof.block()).expect("the evidence's block");
                assert!(block.text.contains(proof.quote()), "{key} in {}", path.display());
                assert!(proof.quote().chars().count() <= 200, "{key} in {}: {}", path.display(), proof.quote());
                assert!(
                    evidence::locate(&document, proof.quote(), Some(proof.page())).is_some()
                        || proof.quote().chars().count() < 2
                );
            }
        }
    }
}

#[test]
fn a_tender_that_says_nothing_states_nothing() {
    assert_eq!(fields_text("", KEYS), "");
    assert_eq!(fields_text("今天天气很好。\n\n明天有雨。", KEYS), "");
}

#[test]
fn empty_forms_are_no_statements() {
    let form = "# 第六章 投标文件格式\n\n投标有效期：90天\n\n投标保证金：人民币____元\n\n交货期：合同签订后____日\n\n□接受联合体投标 □不接受联合体投标";
    assert_eq!(fields_text(form, &["bid_bond", "contract_duration", "consortium", "payment_terms", "budget"]), "");
}

#[test]
fn a_correction_has_the_last_word() {
    let tender = parse(
        "招标文件.md",
        "# 招标公告\n\n项目名称：江城图书馆书架采购项目\n\n投标截止时间：2026年7月1日9时30分\n".as_bytes(),
        &Limits::default(),
    );
    let correction =
        parse("更正公告.md", "# 更正公告\n\n投标截止时间变更为：2026年7月8日9时30分\n".as_bytes(), &Limits::default());
    let fields = read(&[tender, correction]);
    let deadline = fields.get("bid_deadline").map(field_text);
    assert_eq!(deadline.as_deref(), Some("2026-07-08T09:30"));
}

#[test]
fn bonds_are_told_from_what_the_law_allows() {
    let text = "# 投标人须知\n\n履约保证金的数额不得超过政府采购合同金额的10%。\n\n本项目不收取投标保证金。";
    assert_eq!(fields_text(text, &["bid_bond"]), "bid_bond = (stated_none)\n");
}

#[test]
fn references_are_followed_to_the_place_that_says_it() {
    let text = "# 招标公告\n\n预算金额：60万元\n\n# 投标人须知前附表\n\n| 条款 | 内容 |\n|---|---|\n| 预算金额 | 详见招标公告 |\n| 投标有效期 | 60日历天 |\n";
    assert_eq!(fields_text(text, &["budget", "bid_validity_days"]), "budget = 600,000 CNY\nbid_validity_days = 60\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_text_makes_the_readers_panic(
        parts in prop::collection::vec(prop::sample::select(vec![
            "项目名称", "：", ":", "预算金额", "万元", "一", "包", "第", "1", "0", "2026年", "月", "日", "9时", "至", "\n\n", "|", "\n|---|---|\n",
            "（", "）", "☑", "□", "否", "%", "百分之", "投标保证金", "不收取", "截止时间", "开标", "# ", "质保期", "付款方式", "支付", "，", "。", "é", "𠀀", "Rs.",
            "lakh", "days", "on", "PM", "同投标截止时间", "详见", "http://", "　", "A", "-", "亿", "壹", "元整", "/", "天内", "分包", "标段", "进口",
        ]), 0..60)
    ) {
        let text: String = parts.concat();
        let document = parse("t.md", text.as_bytes(), &Limits::default());
        let _ = read(&[document]);
    }
}
