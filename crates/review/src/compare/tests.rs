//! Each folder of `fixtures/bids` holds an invented tender, a bid that answers it and the judgements expected:
//! every `fail` and every judged `risk` with its remark, and the checks that passed.
//! `BIDLENS_UPDATE_FIXTURES=1` writes the expectations anew for review.

mod english;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bidlens_documents::{Limits, parse};
use bidlens_domain::finding::{Finding, FindingState, Verdict};
use bidlens_domain::wording::is_english;

use crate::judge::{BidFiles, review};

fn findings(tender: &str, bid: &str) -> Vec<Finding> {
    let tender = [parse("tender.md", tender.as_bytes(), &Limits::default())];
    let bid = [parse("bid.md", bid.as_bytes(), &Limits::default())];
    let facts = crate::extract(&tender);
    let bidder_name = crate::bidder_name(&bid).unwrap_or_default();
    let files = [BidFiles { bidder_name, documents: &bid }];
    let found: Vec<Finding> =
        review(&tender, &facts, &files, &[]).reviews.into_iter().flat_map(|r| r.findings).collect();
    for finding in &found {
        assert!(is_english(&finding.remark_en), "{}: {}", finding.rule_id, finding.remark_en);
    }
    found
}

fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    let mut passed = BTreeSet::new();
    for finding in findings {
        match (finding.verdict(), finding.state()) {
            (Verdict::Fail, _) => writeln!(text, "fail {} {}", finding.rule_id, finding.remark),
            (Verdict::Risk, FindingState::Judged) => writeln!(text, "risk {} {}", finding.rule_id, finding.remark),
            (Verdict::Risk, _) => Ok(()),
            (Verdict::Pass, _) => {
                passed.insert(finding.rule_id.clone());
                Ok(())
            }
        }
        .expect("writing to a string");
    }
    let passed: Vec<String> = passed.into_iter().collect();
    writeln!(text, "pass {}", passed.join(" ")).expect("writing to a string");
    text
}

/// The failed checks of a bid of one text against a tender of one text.
fn fails(tender: &str, bid: &str) -> Vec<String> {
    let found = findings(tender, bid);
    found.into_iter().filter(|f| f.verdict() == Verdict::Fail).map(|f| f.rule_id).collect()
}

fn folders() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bids");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the fixtures' folder").map(|e| e.expect("a fixture").path()).collect();
    paths.sort();
    paths
}

#[test]
fn bids_of_every_manner_are_judged() {
    let update = std::env::var_os("BIDLENS_UPDATE_FIXTURES").is_some();
    let folders = folders();
    assert!(folders.len() >= 6);
    for folder in folders {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a fixture's text");
        let text = text(&findings(&read("tender.md"), &read("bid.md")));
        if update {
            std::fs::write(folder.join("expected.txt"), &text).expect("the expectation is written");
        }
        assert_eq!(read("expected.txt"), text, "{}", folder.display());
        if folder.file_name().is_some_and(|n| n.to_string_lossy().starts_with("conforming")) {
            assert!(!text.contains("fail "), "{}: {text}", folder.display());
        }
    }
}

const TENDER: &str = "# 第一章 招标公告\n\n项目编号：HQ2026-0077\n\n项目名称：禾青区图书馆书架采购项目\n\n采购人：禾青区图书馆\n\n\
    采购方式：公开招标\n\n最高限价：80万元\n\n交货期：合同签订后30日内\n\n本项目不接受联合体投标，不允许分包。\n\n\
    投标截止时间：2026年7月9日9时00分\n\n投标有效期：90日历天\n\n履约保证金：合同金额的5%\n\n\
    质保期：验收合格后不少于3年\n\n付款方式：合同签订后支付30%，验收合格后支付至97%，余款质保期满付清。\n\n\
    投标人须提供营业执照复印件。\n\n# 第五章 投标文件格式\n\n## 投标函\n\n## 开标一览表\n\n## 授权委托书\n";

/// A bid with forms that conform, and `line` in its letter.
fn bid_with(line: &str) -> String {
    format!(
        "项目编号：HQ2026-0077\n\n投标人：禾木家具有限公司（盖章）\n\n# 投标函\n\n致：禾青区图书馆\n\n{line}\n\n\
         日期：2026年7月8日\n\n# 开标一览表\n\n投标总价：780,000.00元\n\n交货期：合同签订后25日内\n\n\
         投标有效期：90日历天\n\n# 授权委托书\n\n现委托卫竹（姓名）为我方代理人。\n\n# 资格证明\n\n营业执照复印件附后。\n"
    )
}

#[test]
fn a_period_of_something_else_is_no_time_of_delivery() {
    let judged = |line: &str| {
        let found = findings(TENDER, &bid_with(line));
        found.iter().any(|f| f.rule_id == "B006" && f.verdict() != Verdict::Pass)
    };
    assert!(!judged("借阅记录保存24个月，操作手册随货交付"));
    assert!(judged("书架分批交付，最后一批24个月"));
    assert!(judged("24个月交付全部书架"));
}

#[test]
fn innocent_words_fail_no_check() {
    for line in [
        "我公司独立投标，接受采购人随时检查。",
        "主要材料价格上涨的风险由我方承担，单价不变。",
        "质保期满后提供有偿服务，另行收费。",
        "质量管理体系认证证书，2025年3月1日发证，有效期三年。",
        "投标保证金以现金转账方式从基本账户转出。",
        "我方已仔细阅读了贵方的招标文件。",
    ] {
        assert!(fails(TENDER, &bid_with(line)).is_empty(), "{line}");
    }
    let tender = "# Invitation to Tender\n\nProject name: Reading Room Shelves\n\nJoint ventures are not permitted.\n";
    let bid = |line: &str| format!("# Letter of Bid\n\nBidder: Larch Joinery Ltd\n\n{line}\n");
    assert!(fails(tender, &bid("We are a single company and do not bid as a joint venture.")).is_empty());
}

#[test]
fn papers_of_one_paragraph_are_judged_one_by_one() {
    let judged = |line: &str| of_check("B012", TENDER, &bid_with(line));
    let two = "质量管理体系认证证书有效期至2028年5月1日，环境管理体系认证证书有效期至2026年6月18日。";
    assert_eq!(judged(two).iter().filter(|v| **v == "fail").count(), 1);
    assert!(judged("道路运输许可证，2023年6月1日发证，有效期三年。").contains(&"fail"));
    assert!(!judged("道路运输许可证，2025年6月1日发证，有效期三年。").contains(&"fail"));
}

/// What is found of one check in a bid of one text, in a word each.
fn of_check(rule: &str, tender: &str, bid: &str) -> Vec<&'static str> {
    let found = findings(tender, bid);
    found
        .iter()
        .filter(|f| f.rule_id == rule && f.state() == FindingState::Judged)
        .map(|f| f.verdict().as_str())
        .collect()
}

#[test]
fn a_gap_where_somebody_must_be_named_is_seen() {
    let named = |words: &str| of_check("B009", TENDER, &bid_with(words));
    assert_eq!(named("现授权________为我方代理人，办理投标事宜。"), ["risk"]);
    assert_eq!(named("现授权________（姓名）为我方代理人，办理投标事宜。"), ["risk"]);
    assert!(named("现授权________（卫竹）为我方代理人，办理投标事宜。").is_empty());
    assert!(named("现授权__卫竹__为我方代理人，办理投标事宜。").is_empty());
}

#[test]
fn an_answer_left_out_of_a_list_is_seen() {
    let tender =
        TENDER.replace("# 第五章", "# 第四章 采购需求\n\n层板承重不小于80kg。\n\n立柱厚度不小于1.5mm。\n\n# 第五章");
    let judged = |lines: &str| of_check("B009", &tender, &format!("{}\n# 技术响应\n\n{lines}\n", bid_with("")));
    assert_eq!(judged("1．层板承重：\n\n2．立柱厚度实际为1.8mm；"), ["risk"]);
    assert_eq!(judged("层板承重：\n\n立柱厚度：1.8mm"), ["risk"]);
    assert_eq!(judged("立柱厚度：1.8mm\n\n层板承重："), ["risk"]);
    assert!(judged("1．层板承重：\n\n（1）单层100kg；\n\n（2）满载500kg。").is_empty());
    assert!(judged("1．售后服务：\n\n2．立柱厚度实际为1.8mm；").is_empty());
    assert!(judged("层板承重：\n\n每层100kg。").is_empty());
    assert!(judged("4294967295．层板承重：\n\n4294967295．立柱厚度实际为1.8mm；").is_empty());
}

#[test]
fn references_are_counted_against_the_demand() {
    let tender = TENDER.replace("投标人须提供营业执照复印件。", "投标人近三年类似项目业绩不少于2项，附合同复印件。");
    let table = |rows: &str| {
        let head = "# 类似业绩一览表\n\n| 序号 | 项目名称 | 委托单位 | 签订时间 |\n|---|---|---|---|\n";
        format!("{}\n{head}{rows}", bid_with(""))
    };
    let (one, two) =
        ("| 1 | 临泽图书馆书架 | 临泽区图书馆 | 2025年3月 |\n", "| 2 | 柏亭阅览桌椅 | 柏亭镇文化站 | 2025年6月 |\n");
    assert_eq!(of_check("B021", &tender, &table(one)), ["risk"]);
    assert_eq!(of_check("B021", &tender, &table(&format!("{one}{two}"))), ["pass"]);
    // Nothing is counted where no table lists them.
    assert!(of_check("B021", &tender, &bid_with("类似业绩见合同复印件。")).is_empty());
}

#[test]
fn a_contradicting_line_fails_its_check_alone() {
    let hits = [
        ("B004", "投标总报价为人民币812,000.00元。"),
        ("B002", "投标总报价（大写）：柒拾捌万捌仟元整，小写：￥780,000.00元。"),
        ("B004", "备选报价：如采用木制书架，总价为700,000.00元。"),
        ("B005", "我方投标有效期为60日历天。"),
        ("B006", "我方承诺合同签订后45日内交货。"),
        ("B006", "我方保证在合同签订后45日历天内完成全部工作。"),
        ("B007", "我方对全部书架提供24个月的质量保证，自验收合格之日起算。"),
        ("B018", "付款方式：合同签订后支付合同价款的60%，验收合格后支付至合同价款的97%，剩余3%作为质量保证金。"),
        ("B007", "全部书架质保期为验收合格后12个月。"),
        ("B013", "项目编号：HQ2026-0707"),
        ("B015", "投标人（盖章）：禾木家居有限公司"),
        ("B018", "付款：合同签订后贵方支付合同金额的60%作为预付款。"),
        ("B019", "我公司与青原安装有限公司组成联合体投标。"),
        ("B020", "履约保证金按合同金额的2%提交。"),
        ("B022", "如采购人不接受上述条件，我方保留调整报价的权利。"),
    ];
    for (rule, line) in hits {
        let failed = fails(TENDER, &bid_with(line));
        assert!(failed.iter().any(|f| f == rule), "{rule} by {line}: {failed:?}");
        let others = failed.iter().filter(|f| *f != rule).count();
        assert_eq!(others, 0, "{rule} by {line}: {failed:?}");
    }
    assert_eq!(fails(TENDER, &bid_with("").replace("780,000.00", "812,000.00")), ["B001"]);
}

#[test]
fn a_line_that_only_sounds_like_a_breach_fails_nothing() {
    let misses = [
        "投标总价为人民币柒拾捌万元整（￥780,000.00元），其中书架700,000.00元，安装80,000.00元。",
        "投标总价为78万元。",
        "我方在投标有效期内不撤销投标文件，收到中标通知书后30日内签订合同。",
        "投标有效期自开标之日起120天。",
        "本投标文件自投标截止之日起三个月内有效。",
        "如我方延误交货，每逾期一日支付合同价的0.5%，超过45日的贵方可解除合同。",
        "首批书架合同签订后2周内送达，其余合同签订后4周内交货完毕。",
        "质保期内每6个月巡检一次，质保期满后1年内零件按成本价供应。",
        "书架质保期：验收合格后36个月，层板等易损件质保1年。",
        "维修后同一部件再保修12个月。",
        "我公司不与其他单位组成联合体，不将本项目分包给任何第三方。",
        "若为联合体投标，应提供联合体协议书，牵头人：________。",
        "发票增值税率为13%，合同签订后支付30%，验收后再付67%，余款3%质保期满支付。",
        "履约保证金不足时，按日扣减0.1%。",
        "上述报价为最终价，我方不另行收费，无需另行支付运费。",
        "我方愿提供合同金额5%的履约担保。",
        "开户银行：禾青农村商业银行",
        "制造商：青原钢木制品厂",
        "不提供备选报价，报价780,000.00元唯一。",
        "有效期至2026年3月1日的旧证书已换发新证，新证有效期至2029年3月1日。",
        "我公司2024年曾与江源设计院组成联合体完成县档案馆密集架项目。",
    ];
    for line in misses {
        assert_eq!(fails(TENDER, &bid_with(line)), Vec::<String>::new(), "{line}");
    }
}

/// A tender by HTML and a bid whose tables stand within tables and below a merged title.
#[test]
fn tables_in_tables_and_below_titles_are_read() {
    let tender = "# 第一章 招标公告\n\n采购人：禾青区图书馆\n\n投标截止时间：2026年7月9日9时00分\n\n# 第四章 采购需求\n\n\
        | 品名 | 单位 | 最高单价（元） |\n|---|---|---|\n| 大米 | 公斤 | 5.20 |\n| 鸡蛋 | 公斤 | 10.60 |\n";
    let table = |title: &str, rice: &str| {
        format!(
            "<table>{title}<tr><td>品名</td><td>单位</td><td>单价（元）</td></tr>\
             <tr><td>大米</td><td>公斤</td><td>{rice}</td></tr><tr><td>鸡蛋</td><td>箱</td><td>148.00</td></tr></table>"
        )
    };
    let judged = |table: &str| {
        let html = format!("<h1>分项报价表</h1>{table}<p>以上报价含税。</p>");
        let tender = [parse("tender.md", tender.as_bytes(), &Limits::default())];
        let bid = [parse("bid.html", html.as_bytes(), &Limits::default())];
        let facts = crate::extract(&tender);
        let files = [BidFiles { bidder_name: "禾木粮油有限公司".to_owned(), documents: &bid }];
        let found = review(&tender, &facts, &files, &[]).reviews.into_iter().flat_map(|r| r.findings);
        found.filter(|f| f.rule_id == "B001").map(|f| f.verdict().as_str()).collect::<Vec<_>>()
    };
    let title = "<tr><td colspan=\"3\">（一）主要品种</td></tr>";
    assert_eq!(judged(&table(title, "5.80")), ["fail"]);
    assert_eq!(judged(&table(title, "4.90")), ["pass"]);
    let nested = |rice: &str| format!("<table><tr><td>附表</td></tr><tr><td>{}</td></tr></table>", table("", rice));
    assert_eq!(judged(&nested("5.80")), ["fail"]);
    assert_eq!(judged(&nested("4.90")), ["pass"]);
}

#[test]
fn the_agreement_of_a_joint_bid_is_looked_at() {
    let tender = TENDER.replace(
        "本项目不接受联合体投标，不允许分包。",
        "本项目接受联合体投标，牵头人应为供货单位，联合体成员不超过2家。",
    );
    let joint = "禾木家具有限公司（甲方）与青原安装有限公司（乙方）组成联合体。";
    let judged = |words: &str| {
        let found = of_check("B019", &tender, &bid_with(&format!("{joint}{words}")));
        found.into_iter().filter(|verdict| *verdict != "pass").count()
    };
    let work = "甲方负责供货，乙方负责安装。";
    assert_eq!(judged(&format!("甲方为联合体牵头人。{work}工作量甲方占80%，乙方占20%。各方承担连带责任。")), 0);
    assert_eq!(judged(&format!("联合体牵头人为乙方。{work}")), 1);
    assert_eq!(judged(&format!("甲方为联合体牵头人。{work}工作量甲方占80%，乙方占30%。")), 1);
    assert_eq!(judged(&format!("甲方为联合体牵头人。{work}联合体各方不承担连带责任。")), 1);
    assert_eq!(judged("甲方为联合体牵头人。乙方为联合体牵头人。"), 1);
    assert_eq!(judged(&format!("甲方为联合体牵头人。{work}我公司曾为东渠项目联合体牵头人。")), 0);
}

#[test]
fn work_given_to_another_firm_is_seen_beside_tests() {
    let judged = |line: &str| of_check("B019", TENDER, &bid_with(line)).contains(&"risk");
    assert!(judged("板材送检后，书架安装交由青原安装有限公司实施。"));
    assert!(judged("安装与检验由我公司委托青原安装有限公司负责。"));
    assert!(!judged("我公司委托青原检测有限公司完成甲醛检测。"));
}

#[test]
fn subcontracting_is_denied_by_its_own_words() {
    let judged = |line: &str| of_check("B019", TENDER, &bid_with(line));
    for denial in [
        "Subcontractor: None",
        "Subcontractor: N/A",
        "Subcontractor: not applicable",
        "We make no use of subcontractors.",
        "The use of subcontractors is prohibited.",
        "The works will not be subcontracted.",
        "Subcontractors: No.",
    ] {
        assert_eq!(judged(denial), ["pass"], "{denial}");
    }
    let given = "We will subcontract the civil works to Alpha Ltd, which shall not relieve us of liability.";
    assert_eq!(judged(given), ["fail"]);
    assert_eq!(judged("Subcontractor: No. 5 Building Company"), ["fail"]);
}

#[test]
fn only_conditions_of_the_bid_itself_are_its_conditions() {
    let judged = |line: &str| of_check("B022", TENDER, &bid_with(line));
    assert_eq!(judged("Payment of the final instalment is conditional upon acceptance by the Purchaser."), [""; 0]);
    assert_eq!(judged("The programme is subject to change only with the Employer's approval."), [""; 0]);
    assert_eq!(judged("Our offer is not subject to any condition."), [""; 0]);
    assert_eq!(judged("Prices are subject to VAT at 16%, which is included."), ["risk"]);
    assert_eq!(judged("Our offer is subject to our general terms of sale."), ["risk"]);
    assert_eq!(judged("Prices are subject to change only with the Purchaser's approval."), ["risk"]);
    assert_eq!(judged("Our prices are subject to change if wages rise."), ["fail"]);
    assert_eq!(judged("We reserve the right to adjust the prices."), ["fail"]);
}

#[test]
fn a_senior_title_is_asked_of_its_own_role() {
    let tender = |demand: &str| TENDER.replace("投标人须提供营业执照复印件。", demand);
    let judged = |demand: &str, line: &str| of_check("B012", &tender(demand), &bid_with(line));
    let other = "项目经理须具有一级注册建造师资格，技术负责人须具有高级工程师职称。";
    assert!(!judged(other, "项目经理李四，工程师。").contains(&"risk"));
    assert!(judged(other, "技术负责人王五，工程师。").contains(&"fail"));
    let own = "项目经理须具有高级工程师职称。";
    assert_eq!(judged(own, "项目经理李四，工程师职称。"), ["risk"]);
    assert_eq!(judged(own, "项目经理部配备助理工程师3名。\n\n项目经理李四，高级工程师。"), ["pass"]);
    assert_eq!(judged(own, "项目经理领导助理工程师3名。\n\n项目经理李四，高级工程师。"), ["pass"]);
}

#[test]
fn a_time_to_begin_is_bound_by_whole_words() {
    let tender =
        TENDER.replace("投标人须提供营业执照复印件。", "The supplier shall start within 14 days of the award.");
    let judged = |line: &str| of_check("B006", &tender, &bid_with(line)).contains(&"risk");
    assert!(judged("We start within 21 days of the award."));
    assert!(!judged("Fitters begin 21 days of rest before the award."));
}

#[test]
fn months_of_social_security_are_counted() {
    let tender = TENDER.replace("投标人须提供营业执照复印件。", "投标人须提供近六个月的社保缴纳证明。");
    let judged = |line: &str| of_check("B012", &tender, &bid_with(line)).contains(&"risk");
    assert!(judged("社保缴纳证明：2026年4月至2026年6月。"));
    assert!(judged("附近3个月社保证明。"));
    assert!(!judged("社保缴纳证明：2025年12月至2026年6月。"));
    assert!(!judged("社保缴纳证明附后。"));
    assert!(!judged("社保缴纳证明：2026年1月-6月。"));
    assert!(judged("社保缴纳证明（打印日期2026-01-12）：2026.04-2026.06。"));
}

#[test]
fn rates_are_held_against_their_limit() {
    let tender = |line: &str| TENDER.replace("最高限价：80万元", line);
    let judged = |demand: &str, line: &str| of_check("B001", &tender(demand), &bid_with(line));
    let (floor, ceiling) = ("本项目下浮率不低于6%。", "咨询服务费率不得高于1.8%。");
    assert_eq!(judged(floor, "我方报价下浮率为5.5%。"), ["fail"]);
    assert_eq!(judged(floor, "我方报价下浮率为6%。"), ["pass"]);
    assert_eq!(judged(ceiling, "服务费率为2.1%，增值税税率6%。"), ["fail"]);
    assert_eq!(judged(ceiling, "服务费率为1.5%，增值税税率6%。"), ["pass"]);
    assert!(judged(floor, "上一年度我公司同类项目下浮率5%。").is_empty());
    assert!(judged("蔬菜类下浮率不低于10%，肉类不低于6%。", "肉类下浮率为7%。").is_empty());
    let agency = "招标代理服务费费率不超过1.5%。";
    assert!(!judged(agency, "规费费率为26%。").contains(&"fail"));
    assert!(judged("管理费费率不超过8%。", "规费费率为26%。").is_empty());
    assert_eq!(judged("管理费费率不超过8%。", "企业管理费费率为9%。"), ["fail"]);
    assert_eq!(judged("投标费率不超过1.5%。", "规费费率为26%。"), ["risk"]);
    assert!(judged("The discount shall be at least 5%.", "An early payment discount of 2% is granted.").is_empty());
    assert_eq!(judged("The discount shall be at least 5%.", "We offer a discount of 2%."), ["fail"]);
}

#[test]
fn the_limit_of_a_part_is_no_ceiling_of_the_whole() {
    let judged = |line: &str| {
        let tender = format!(
            "# Section I Invitation to Bid\n\nProcuring entity: Heron County Library\n\n# Section II Instructions\n\n{line}\n"
        );
        of_check("B001", &tender, "# Bid Letter\n\nThe total bid price is USD 500,000.00.\n").contains(&"fail")
    };
    assert!(judged("The bid price shall not exceed USD 480,000."));
    assert!(judged("The total price of the bid shall not exceed USD 480,000."));
    assert!(!judged("The total cost of reimbursable expenses shall not exceed USD 20,000."));
    assert!(!judged("The total price of spare parts shall not exceed USD 20,000."));
}

#[test]
fn shares_of_a_provisional_sum_add_up() {
    let tender = TENDER.replace("最高限价：80万元", "暂列金额：200万元。");
    let judged = |lines: &str| {
        let found = findings(&tender, &bid_with(lines));
        let said = |f: &&Finding| f.rule_id == "B003" && f.remark.contains("暂列金额");
        found.iter().filter(said).map(|f| f.verdict().as_str()).collect::<Vec<_>>()
    };
    assert!(judged("暂列金额1200000元。\n\n暂列金额800000元。").is_empty());
    assert!(judged("暂列金额2000000元。\n\n暂列金额0.00元。").is_empty());
    assert_eq!(judged("暂列金额1200000元。\n\n暂列金额700000元。"), ["risk", "risk"]);
    assert_eq!(judged("投标总价780,000.00元，其中暂列金额1200000元。"), ["fail"]);
    let english = tender.replace("暂列金额：200万元。", "Provisional Sum: CNY 2,000,000.");
    assert_eq!(of_check("B003", &english, &bid_with("The provisional sum is CNY 1,500,000.")), ["fail"]);
}

#[test]
fn the_limit_of_a_fee_is_held_against_the_bids_own_price_for_it() {
    let tender = TENDER.replace("最高限价：80万元", "设计费限价260万元。");
    let failed = |line: &str| fails(&tender, &bid_with(line)).contains(&"B001".to_owned());
    assert!(failed("其中设计费300万元。"));
    assert!(!failed("勘察设计费300万元。"));
    assert!(!failed("我公司曾承担某项目，设计费500万元。"));
    let table =
        |base: &str| format!("| 项目 | 计费基数（元） | {base} |\n|---|---|---|\n| 设计费 | 90000000 | 2500000 |\n");
    assert!(!failed(&table("金额（元）")));
}

#[test]
fn a_market_price_is_no_price_of_the_bid() {
    let tender = TENDER
        .replace("# 第五章", "# 第四章 采购需求\n\n| 品名 | 最高单价（元） |\n|---|---|\n| 大米 | 5.20 |\n\n# 第五章");
    let failed = |own: &str| {
        let table = format!("| 品名 | 市场单价 | 下浮后单价 |\n|---|---|---|\n| 大米 | 5.60 | {own} |\n");
        fails(&tender, &bid_with(&table)).contains(&"B001".to_owned())
    };
    assert!(!failed("5.00"));
    assert!(failed("5.50"));
}

#[test]
fn absence_is_a_failure_only_after_a_whole_search() {
    let bid = bid_with("");
    let without_licence = bid.replace("营业执照复印件附后。", "资料附后。");
    assert_eq!(fails(TENDER, &without_licence), ["B012"]);
    let without_form = bid.replace("# 授权委托书\n\n现委托卫竹（姓名）为我方代理人。\n\n", "");
    assert_eq!(fails(TENDER, &without_form), ["B008"]);
    // Only the technical part was handed in: its price forms stand in another file.
    let part = "投标人：禾木家具有限公司（盖章）\n\n# 技术方案\n\n营业执照复印件附后。\n\n书架采用冷轧钢板。\n";
    assert_eq!(fails(TENDER, part), Vec::<String>::new());
}

/// A breach planted in a conforming bid: its folder, the words, what they become, and the check that fails.
const PLANTED: [(&str, &str, &str, &str); 40] = [
    ("conforming_goods_lot", "86.5 |", "91.2 |", "B004"),
    ("conforming_goods_lot", "捌拾陆万伍仟元整（¥865,000.00）", "捌拾伍万陆仟元整（¥865,000.00）", "B002"),
    ("conforming_goods_lot", "之日起90日历天，在投标有效期内", "之日起45日历天，在投标有效期内", "B005"),
    ("conforming_goods_lot", "合同签订后4周内", "合同签订后8周内", "B006"),
    ("conforming_goods_lot", "| 36个月 |", "| 18个月 |", "B007"),
    ("conforming_goods_lot", "# 三、法定代表人身份证明", "# 三、说明", "B008"),
    ("conforming_goods_lot", "屏幕尺寸15英寸", "屏幕尺寸10英寸", "B010"),
    ("conforming_goods_lot", "无故障时间20,000小时", "无故障时间8,000小时", "B010"),
    ("conforming_goods_lot", "有效期至：2028年6月30日", "有效期至：2026年4月30日", "B012"),
    ("conforming_goods_lot", "项目编号：CZZC2026-HW-0206　", "项目编号：CZZC2026-HW-0260　", "B013"),
    ("conforming_goods_lot", "致：澄州市妇幼保健院", "致：临江县人民医院", "B014"),
    ("conforming_goods_lot", "委托代理人（签字）：贺知秋", "委托代理人（签字）：贺知春", "B016"),
    ("conforming_goods_lot", "日期：2026年5月18日\n\n# 三", "日期：2026年5月22日\n\n# 三", "B017"),
    ("conforming_goods_lot", "合同签订后支付30%，验收", "合同签订后支付50%作为预付款，验收", "B018"),
    ("conforming_goods_lot", "本项目不分包、不转包；", "安装部分拟分包给临江安装工程有限公司；", "B019"),
    ("conforming_goods_lot", "同意，按5%缴纳", "按合同金额的2%缴纳", "B020"),
    ("conforming_goods_lot", "5. 我方不另行收费", "5. 运费须另行收费", "B022"),
    ("conforming_works", "（¥12,300,000.00）", "（¥13,300,000.00）", "B002"),
    ("conforming_works", "工期175日历天", "工期210日历天", "B006"),
    ("conforming_works", "| 24个月 |  |", "| 12个月 |  |", "B007"),
    ("conforming_works", "| 中标合同金额的10% |", "| 中标合同金额的5% |", "B020"),
    ("conforming_works", "至2027年6月30日。", "至2026年5月30日。", "B012"),
    ("conforming_works", "栖云市市政工程管理处：", "栖霞区住房和城乡建设局：", "B014"),
    ("conforming_works", "本公司不将主体工程分包或转包。", "路面工程由我公司分包给栖云路桥工程有限公司。", "B019"),
    ("conforming_consultation", "叁佰肆拾伍万元整（¥3,450,000.00元）", "叁佰陆拾伍万元整（¥3,650,000.00元）", "B001"),
    ("conforming_consultation", "起三个月内有效", "起30日内有效", "B005"),
    ("conforming_consultation", "被授权人：常遇", "被授权人：常逢", "B016"),
    (
        "conforming_english",
        "USD 142,800.00 (one hundred forty-two thousand",
        "USD 152,800.00 (one hundred fifty-two thousand",
        "B001",
    ),
    ("conforming_english", "(one hundred forty-two thousand", "(one hundred twenty-four thousand", "B002"),
    ("conforming_english", "for a period of 120 days", "for a period of 60 days", "B005"),
    ("conforming_english", "within 12 weeks", "within 20 weeks", "B006"),
    ("conforming_english", "Warranty: 24 months", "Warranty: 6 months", "B007"),
    ("conforming_english", "| 12.5 kg |", "| 17.5 kg |", "B010"),
    ("conforming_english", "Date: 10 August 2026", "Date: 18 August 2026", "B017"),
    (
        "conforming_english",
        "30% advance payment, 60% on delivery and",
        "50% advance payment, 40% on delivery and",
        "B018",
    ),
    ("conforming_english", "a performance security of 10%", "a performance security of 5%", "B020"),
    ("conforming_software", "4,080,000.00 |", "4,280,000.00 |", "B004"),
    ("conforming_software", "自合同签订之日起180日历天内", "自合同签订之日起240日历天内", "B006"),
    ("conforming_software", "可用性99.95%", "可用性99.5%", "B010"),
    ("conforming_software", "提交中标金额5%的履约保证金", "提交中标金额3%的履约保证金", "B020"),
];

#[test]
fn a_breach_planted_in_a_conforming_bid_fails_its_check() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bids");
    let read =
        |folder: &str, name: &str| std::fs::read_to_string(root.join(folder).join(name)).expect("a fixture's text");
    let mut missed = Vec::new();
    for (folder, from, to, rule) in PLANTED {
        let bid = read(folder, "bid.md");
        assert!(bid.contains(from), "{folder}: {from}");
        let failed = fails(&read(folder, "tender.md"), &bid.replacen(from, to, 1));
        if !failed.iter().any(|f| f == rule) {
            missed.push(format!("{folder} {rule} {to}: {failed:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
