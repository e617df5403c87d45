//! What it checks: no goods of foreign origin are offered where the tender buys domestic goods alone.
//! Why it matters: imported goods without approval are refused (政府采购法 10; 财库〔2007〕119号).
//! Exclusions: a place that names China as well, which may be a foreign brand made here.

use bidlens_domain::field::FieldValue;
use bidlens_domain::finding::Verdict;
use bidlens_domain::requirement::Dimension;
use bidlens_domain::wording::both;

use super::{Case, Check, Judgement, Report};

pub(super) const CHECK: Check = Check { id: "B024", dimension: Dimension::Qualification, run };

const COUNTRIES: [&str; 36] = [
    "德国",
    "美国",
    "日本",
    "英国",
    "法国",
    "意大利",
    "瑞士",
    "瑞典",
    "荷兰",
    "韩国",
    "丹麦",
    "芬兰",
    "奥地利",
    "比利时",
    "加拿大",
    "澳大利亚",
    "新加坡",
    "以色列",
    "西班牙",
    "挪威",
    "捷克",
    "波兰",
    "俄罗斯",
    "印度",
    "泰国",
    "越南",
    "马来西亚",
    "墨西哥",
    "巴西",
    "匈牙利",
    "爱尔兰",
    "葡萄牙",
    "土耳其",
    "进口",
    "原装进口",
    "境外",
];

fn run(case: &Case<'_>, report: &mut Report<'_>) {
    let Some(field) = case.facts.field("imports_allowed") else { return };
    if case.value_of(field) != Some(&FieldValue::Bool(false)) {
        return;
    }
    let mut domestic = None;
    for (unit, one) in case.bid.reading.units.iter().enumerate().filter(|(unit, _)| case.bid.is_own(*unit)) {
        let Some(place) = origin(&one.text, one.cell.map(|_| case.bid.column_heading(unit))) else { continue };
        let chinese = ["中国", "国产", "境内", "国内", "本国", "国货"].iter().any(|w| place.contains(w));
        let named = |c: &&&str| place.find(**c).is_some_and(|at| !place.get(..at).is_some_and(is_denial));
        match COUNTRIES.iter().find(named).filter(|_| !chinese) {
            Some(country) => {
                let remark = both(
                    format!("产地写有“{country}”，招标文件不接受进口产品"),
                    format!("The place of origin is “{country}”; the tender accepts no imported goods"),
                );
                // Parts of domestic goods may come from abroad.
                let verdict = if lists_parts(case, unit) { Verdict::Risk } else { Verdict::Fail };
                report.push(
                    Judgement::new(verdict, format!("origin {unit}"), remark)
                        .rigid()
                        .demands_field(field)
                        .says(case.bid.row_evidence(unit)),
                );
            }
            None if chinese => domestic = domestic.or(Some(unit)),
            None => {}
        }
    }
    if let Some(unit) = domestic.filter(|_| report.findings.is_empty()) {
        let remark = both("所投产品产地在境内", "The goods offered are made in China");
        report.push(
            Judgement::new(Verdict::Pass, "origin", remark)
                .rigid()
                .demands_field(field)
                .says(case.bid.unit_evidence(unit)),
        );
    }
}

/// Whether what stands before a word denies it: 非进口产品.
fn is_denial(before: &str) -> bool {
    before.ends_with(['非', '不', '无', '未']) || ["不是", "不含", "没有", "不属于"].iter().any(|w| before.ends_with(w))
}

/// Whether a cell stands in a table of parts and materials.
fn lists_parts(case: &Case<'_>, unit: usize) -> bool {
    const PARTS: [&str; 6] = ["部件", "零件", "配件", "元器件", "材料", "关键件"];
    let reading = &case.bid.reading;
    let grid = reading.grids.iter().find(|grid| grid.rows.iter().any(|row| row.contains(&unit)));
    let head = grid.and_then(|grid| grid.rows.first()).into_iter().flatten();
    let head = head.filter_map(|&u| reading.unit(u)).map(|u| u.text.as_str());
    let headings = reading.headings(unit);
    head.chain(headings.iter().map(|h| &**h)).any(|text| PARTS.iter().any(|w| text.contains(w)))
}

/// Where goods are made: a cell under 产地, or what stands behind the word in a short line.
fn origin<'t>(text: &'t str, heading: Option<&str>) -> Option<&'t str> {
    const NAMES: [&str; 4] = ["产地", "原产国", "原产地", "国别"];
    if heading.is_some_and(|h| NAMES.iter().any(|w| h.contains(w)) && h.chars().count() <= 24) {
        return Some(text);
    }
    let (_, place) = NAMES.iter().find_map(|w| text.split_once(&format!("{w}:")))?;
    place.split([',', '，', ';', '；', '。']).next()
}
