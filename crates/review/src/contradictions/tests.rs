use bidlens_documents::{Limits, parse};
use bidlens_domain::contradiction::Contradiction;

use crate::fields::letters;

fn found(markdown: &str) -> Vec<Contradiction> {
    crate::extract(&[parse("tender.md", markdown.as_bytes(), &Limits::default())]).contradictions
}

fn ids(markdown: &str) -> Vec<String> {
    found(markdown).into_iter().map(|c| c.rule_id).collect()
}

#[test]
fn each_kind_is_found_with_its_words_and_its_question() {
    for (markdown, rule, quote, question) in [
        (
            "# 招标公告\n\n投标截止时间：2026年7月9日（星期五）9时00分\n",
            "K021",
            "2026年7月9日（星期五",
            "招标文件第1页“2026年7月9日（星期五）”，该日实为星期四，请确认准确日期。",
        ),
        (
            "# 招标公告\n\n投标截止时间：2026年7月9日9时00分\n\n开标时间：2026年7月8日9时00分\n",
            "K022",
            "2026年7月9日9时00分",
            "招标文件第1页“投标截止时间：2026年7月9日9时00分”与第1页“开标时间：2026年7月8日9时00分”，投标截止时间晚于开标时间，请确认准确时间。",
        ),
        (
            "# 招标公告\n\n最高限价：人民币壹佰贰拾万元整（¥1,250,000.00元）\n",
            "K023",
            "壹佰贰拾万元整",
            "请明确以何者为准。",
        ),
        (
            "# 采购需求\n\n付款方式：合同签订后支付30%，验收合格后支付60%，质保期满后支付5%。\n",
            "K024",
            "支付30%",
            "各期付款比例合计为95%，请明确各期付款比例。",
        ),
        (
            "# 第一章 招标公告\n\n正文。\n\n# 第二章 投标人须知\n\n技术要求见第六章。\n\n# 第三章 评标办法\n\n正文。\n\n# 第四章 采购需求\n\n正文。\n",
            "K025",
            "见第六章",
            "招标文件第1页“见第六章”引用第6章，而招标文件只有4章，请明确所指内容。",
        ),
        (
            "# 第一章 招标公告\n\n是否接受联合体投标：□接受 □不接受\n",
            "K026",
            "□接受 □不接受",
            "的选择项均未勾选，请明确。",
        ),
    ] {
        let found = found(markdown);
        let one = found.iter().find(|c| c.rule_id == rule).unwrap_or_else(|| panic!("{rule} of {markdown}: {found:?}"));
        assert!(one.values().iter().any(|v| v.evidence.quote().contains(quote)), "{rule}: {one:?}");
        assert!(one.question.ends_with(question), "{rule}: {}", one.question);
    }
}

#[test]
fn what_agrees_is_no_contradiction() {
    for markdown in [
        "# 招标公告\n\n投标截止时间：2026年7月9日（星期四）9时00分\n\n开标时间：2026年7月9日9时00分\n",
        "# 招标公告\n\n招标文件获取时间：2026年6月1日至2026年6月8日\n\n投标截止时间：2026年7月9日9时00分\n",
        "# 招标公告\n\n最高限价：人民币壹佰贰拾万元整（¥1,200,000.00元）\n",
        "# 采购需求\n\n付款方式：合同签订后支付30%，验收合格后支付至97%，余款质保期满付清。\n",
        "# 采购需求\n\n付款方式：合同签订后支付30%，验收合格后支付65%，质保期满后支付5%。\n",
        "# 第一章 招标公告\n\n是否接受联合体投标：□接受 ☑不接受\n",
        "# 采购需求\n\n付款方式：合同签订后一次性支付100%，逾期按日万分之五计。\n",
        "# 第一章 招标公告\n\n正文。\n\n# 第二章 投标人须知\n\n技术要求见第四章，并按照《建筑法》第六章执行。\n\n# 第三章 评标办法\n\n正文。\n\n# 第四章 采购需求\n\n正文。\n",
    ] {
        assert_eq!(ids(markdown), Vec::<String>::new(), "{markdown}");
    }
}

#[test]
fn the_documents_own_order_names_what_prevails() {
    let tender = "# 第一章 招标公告\n\n投标有效期：60日历天\n\n# 第二章 投标人须知\n\n## 投标人须知前附表\n\n\
        | 条款 | 内容 |\n|---|---|\n| 投标有效期 | 90日历天 |\n\n";
    let order = "招标公告与投标人须知前附表内容不一致的，以投标人须知前附表为准。\n";
    let silent = found(tender);
    let told = found(&format!("{tender}{order}"));
    let validity = |all: &[Contradiction]| all.iter().find(|c| c.subject == "bid_validity_days").cloned();
    let (Some(silent), Some(told)) = (validity(&silent), validity(&told)) else {
        panic!("no conflict was found: {silent:?} {told:?}")
    };
    assert_eq!((silent.prevailing, silent.precedence), (None, None));
    assert!(told.prevailing.as_deref().is_some_and(|v| v.contains("90")), "{:?}", told.prevailing);
    assert!(told.precedence.is_some_and(|e| e.quote().contains("为准")));
}

/// The documents of a folder of `fixtures/contradictions`, by name.
fn fixtures(folder: &str) -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/contradictions").join(folder);
    let files = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("a fixture").path());
    files
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a tender"))
        })
        .collect()
}

#[test]
fn each_kind_fires_on_its_fixture_and_nothing_else_does() {
    let mut wrong = Vec::new();
    for (name, markdown) in fixtures("fires") {
        let mut parts = name.splitn(3, '-');
        let expected = parts.next().zip(parts.next()).expect("a rule and a subject");
        let found = found(&markdown);
        let all: Vec<(&str, &str)> = found.iter().map(|c| (c.rule_id.as_str(), c.subject.as_str())).collect();
        if all.is_empty() || all.iter().any(|one| *one != expected) {
            wrong.push(format!("{name}: {all:?}"));
        }
        for one in &found {
            assert!(one.question.starts_with("招标文件第1页“"), "{name}: {}", one.question);
            let stands = |quote: &str| letters(&markdown).contains(&letters(quote));
            assert!(one.values().iter().all(|value| stands(value.evidence.quote())), "{name}: {:?}", one.values());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lots_phases_forms_and_manners_of_writing_are_no_contradiction() {
    let wrong: Vec<String> = fixtures("silent")
        .into_iter()
        .filter_map(|(name, markdown)| {
            let told: Vec<String> = found(&markdown).iter().map(|c| format!("{} {}", c.rule_id, c.question)).collect();
            (!told.is_empty()).then(|| format!("{name}: {told:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_value_stays_beside_what_contradicts_it() {
    let (_, markdown) = fixtures("fires").into_iter().find(|(name, _)| name == "K020-budget").expect("the fixture");
    let facts = crate::extract(&[parse("tender.md", markdown.as_bytes(), &Limits::default())]);
    let budget = facts.field("budget").expect("the budget");
    assert!(budget.money().is_some(), "{budget:?}");
    assert_eq!(facts.contradictions.first().map(|c| c.values().len()), Some(2));
}

#[test]
fn what_an_addendum_settles_is_no_contradiction() {
    let documents = [
        parse("tender.md", "# 第一章 招标公告\n\n预算金额：200万元\n\n质保期：2年\n".as_bytes(), &Limits::default()),
        parse(
            "补遗书1.md",
            "# 水泵采购项目补遗书（第1号）\n\n预算金额：220万元\n\n质保期：3年\n".as_bytes(),
            &Limits::default(),
        ),
    ];
    assert!(crate::extract(&documents).contradictions.is_empty());
}
