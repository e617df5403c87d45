//! The compliance matrix and its lists as an Excel workbook, for people who filter and annotate.

use bidlens_domain::document::Language;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::{Finding, Review, Verdict};
use bidlens_domain::labels::field_name;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::labels::{self, Words};
use crate::{Options, ReportError, model};

/// Excel's limit on the text of one cell.
const CELL_CHARS: usize = 32_000;

/// The workbook: matrix, findings, project facts, risks, scoring.
pub fn xlsx(review: &Review, options: &Options) -> Result<Vec<u8>, ReportError> {
    build(review, options.language).map_err(|e| ReportError::Xlsx(e.to_string()))
}

fn build(review: &Review, language: Language) -> Result<Vec<u8>, XlsxError> {
    let formats = Formats::new();
    let say = |zh: &'static str, en: &'static str| Words(zh, en).in_language(language);
    let mut workbook = Workbook::new();
    if !review.bids.is_empty() {
        matrix(workbook.add_worksheet(), review, language, &formats)?;
        findings(workbook.add_worksheet(), review, language, &formats)?;
    }
    let page = page_words(language);

    let sheet = workbook.add_worksheet();
    sheet.set_name(say("项目信息", "Facts"))?;
    let headings = [
        say("项目", "Field"),
        say("键", "Key"),
        say("状态", "Status"),
        say("内容", "Value"),
        say("页", "Page"),
        say("原文", "Quote"),
    ];
    header(sheet, &headings, &[22.0, 22.0, 14.0, 44.0, 8.0, 70.0], &formats)?;
    for (row, (key, field)) in (1u32..).zip(model::fields(review)) {
        let first = field.evidence().first();
        sheet.write_with_format(row, 0, field_name(key, language), &formats.text)?;
        sheet.write_with_format(row, 1, key, &formats.text)?;
        sheet.write_with_format(row, 2, labels::status(field.status()).in_language(language), &formats.text)?;
        sheet.write_with_format(row, 3, cut(&model::field_words(field, language)), &formats.text)?;
        if let Some(evidence) = first {
            sheet.write_with_format(row, 4, evidence.page(), &formats.text)?;
            sheet.write_with_format(row, 5, cut(evidence.quote()), &formats.text)?;
        }
    }

    let sheet = workbook.add_worksheet();
    sheet.set_name(say("风险", "Risks"))?;
    let headings = [
        say("级别", "Severity"),
        say("类型", "Type"),
        say("依据", "Certainty"),
        say("标题", "Title"),
        say("说明", "Description"),
        say("建议", "What to do"),
        say("法律依据", "Legal basis"),
        say("页", "Page"),
        say("原文", "Quote"),
    ];
    header(sheet, &headings, &[10.0, 12.0, 12.0, 36.0, 44.0, 40.0, 44.0, 8.0, 70.0], &formats)?;
    for (row, risk) in (1u32..).zip(model::risks(review)) {
        let cells = [
            labels::severity(risk.severity).in_language(language).to_owned(),
            risk.risk_type.as_str().to_owned(),
            labels::certainty(risk.certainty).in_language(language).to_owned(),
            risk.title_in(language).to_owned(),
            risk.description_in(language).to_owned(),
            risk.suggestion_in(language).to_owned(),
            risk.basis.iter().map(|one| model::basis_words(one, language)).collect::<Vec<_>>().join("\n"),
            risk.evidence().first().map_or_else(String::new, |e| page(e.page())),
            quotes(risk.evidence(), language),
        ];
        write_row(sheet, row, &cells, &formats.text)?;
    }

    let sheet = workbook.add_worksheet();
    sheet.set_name(say("评分", "Scoring"))?;
    header(
        sheet,
        &[say("组", "Group"), say("评分项", "Item"), say("分值", "Points"), say("评分标准", "Rule")],
        &[16.0, 36.0, 8.0, 90.0],
        &formats,
    )?;
    for (row, item) in (1u32..).zip(&review.facts.scoring.items) {
        sheet.write_with_format(row, 0, cut(&item.group), &formats.text)?;
        sheet.write_with_format(row, 1, cut(&item.item), &formats.text)?;
        sheet.write_with_format(row, 2, item.points.value(), &formats.text)?;
        sheet.write_with_format(row, 3, cut(&item.rule), &formats.text)?;
    }
    workbook.save_to_buffer()
}

/// Requirements down, bidders across.
fn matrix(sheet: &mut Worksheet, review: &Review, language: Language, formats: &Formats) -> Result<(), XlsxError> {
    let say = |zh: &'static str, en: &'static str| Words(zh, en).in_language(language);
    sheet.set_name(say("响应矩阵", "Matrix"))?;
    let mut headings = vec![
        say("维度", "Dimension"),
        say("标记", "Mark"),
        say("实质性", "Rigid"),
        say("要求", "Requirement"),
        say("页", "Page"),
    ];
    let mut widths = vec![12.0, 6.0, 8.0, 70.0, 8.0];
    for bid in &review.bids {
        headings.push(&bid.bidder_name);
        widths.push(36.0);
    }
    header(sheet, &headings, &widths, formats)?;
    for (row, line) in (1u32..).zip(model::matrix(review)) {
        let requirement = line.requirement;
        sheet.write_with_format(row, 0, labels::dimension(requirement.dimension, language), &formats.text)?;
        sheet.write_with_format(row, 1, cut(&requirement.mark), &formats.text)?;
        sheet.write_with_format(row, 2, if requirement.rigid { say("是", "yes") } else { "" }, &formats.text)?;
        sheet.write_with_format(row, 3, cut(&requirement.text), &formats.text)?;
        if let Some(evidence) = requirement.evidence().first() {
            sheet.write_with_format(row, 4, evidence.page(), &formats.text)?;
        }
        for (column, finding) in (5u16..).zip(&line.verdicts) {
            if let Some(finding) = finding {
                let verdict = labels::verdict(finding.verdict()).in_language(language);
                let words = format!("{verdict}{}{}", say("：", ": "), finding.remark_in(language));
                sheet.write_with_format(row, column, cut(&words), formats.verdict(finding.verdict()))?;
            }
        }
    }
    Ok(())
}

fn findings(sheet: &mut Worksheet, review: &Review, language: Language, formats: &Formats) -> Result<(), XlsxError> {
    let say = |zh: &'static str, en: &'static str| Words(zh, en).in_language(language);
    sheet.set_name(say("审查结论", "Findings"))?;
    let headings = [
        say("投标人", "Bidder"),
        say("结论", "Result"),
        say("实质性", "Rigid"),
        say("维度", "Dimension"),
        say("说明", "Remark"),
        say("招标要求", "The tender demands"),
        say("招标原文", "Tender quotes"),
        say("投标响应", "The bid says"),
        say("投标原文", "Bid quotes"),
        say("状态", "State"),
        say("规则", "Rule"),
        say("人工复核", "Reviewer"),
    ];
    let widths = [28.0, 10.0, 8.0, 12.0, 44.0, 44.0, 50.0, 36.0, 50.0, 16.0, 10.0, 44.0];
    header(sheet, &headings, &widths, formats)?;
    let rows = review.bids.iter().flat_map(|bid| model::findings(&bid.findings).into_iter().map(move |f| (bid, f)));
    for (row, (bid, finding)) in (1u32..).zip(rows) {
        write_row(sheet, row, &finding_cells(&bid.bidder_name, finding, language), &formats.text)?;
        let word = labels::verdict(finding.verdict()).in_language(language);
        sheet.write_with_format(row, 1, word, formats.verdict(finding.verdict()))?;
    }
    Ok(())
}

/// The remark, and the articles the finding names.
fn finding_words(finding: &Finding, language: Language) -> String {
    let label = model::basis_label(finding.verdict() == Verdict::Fail, language);
    let articles = finding.basis.iter().map(|one| format!("\n{label}{}", model::basis_words(one, language)));
    std::iter::once(finding.remark_in(language).to_owned()).chain(articles).collect()
}

fn finding_cells(bidder: &str, finding: &Finding, language: Language) -> [String; 12] {
    [
        bidder.to_owned(),
        labels::verdict(finding.verdict()).in_language(language).to_owned(),
        if finding.rigid { Words("是", "yes").in_language(language).to_owned() } else { String::new() },
        labels::dimension(finding.dimension, language).to_owned(),
        finding_words(finding, language),
        finding.requirement_in(language).to_owned(),
        quotes(&finding.tender_evidence, language),
        finding.response_text.clone(),
        quotes(finding.bid_evidence(), language),
        labels::state(finding.state()).in_language(language).to_owned(),
        finding.rule_id.clone(),
        finding.decision.as_ref().map_or_else(String::new, |d| model::decision_words(d, language)),
    ]
}

fn quotes(evidence: &[Evidence], language: Language) -> String {
    let page = page_words(language);
    let lines: Vec<String> =
        evidence.iter().map(|e| format!("“{}” {} {}", e.quote(), e.file(), page(e.page()))).collect();
    lines.join("\n")
}

fn page_words(language: Language) -> impl Fn(u32) -> String {
    move |page| match language {
        Language::Zh => format!("第 {page} 页"),
        Language::En => format!("p. {page}"),
    }
}

fn header(sheet: &mut Worksheet, words: &[&str], widths: &[f64], formats: &Formats) -> Result<(), XlsxError> {
    for (column, (word, width)) in (0u16..).zip(words.iter().zip(widths)) {
        sheet.set_column_width(column, *width)?;
        sheet.write_with_format(0, column, cut(word), &formats.header)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let last = u16::try_from(words.len().saturating_sub(1)).unwrap_or(0);
    sheet.autofilter(0, 0, 0, last)?;
    Ok(())
}

fn write_row(sheet: &mut Worksheet, row: u32, cells: &[String], format: &Format) -> Result<(), XlsxError> {
    for (column, cell) in (0u16..).zip(cells) {
        sheet.write_with_format(row, column, cut(cell), format)?;
    }
    Ok(())
}

/// Text as a cell can hold it: within Excel's length limit. A text cell is never read as a formula.
fn cut(words: &str) -> String {
    let clean = words.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c });
    clean.take(CELL_CHARS).collect()
}

struct Formats {
    header: Format,
    text: Format,
    pass: Format,
    risk: Format,
    fail: Format,
}

impl Formats {
    fn new() -> Formats {
        let text = Format::new()
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(0xDF_E4EA));
        let coloured = |ink: u32, ground: u32| {
            text.clone().set_font_color(Color::RGB(ink)).set_background_color(Color::RGB(ground))
        };
        Formats {
            header: text.clone().set_bold().set_background_color(Color::RGB(0xEC_EFF3)),
            pass: coloured(0x14_6C43, 0xE7_F6EE),
            risk: coloured(0x8A_5A00, 0xFF_F5DC),
            fail: coloured(0xB4_2318, 0xFD_ECEB),
            text,
        }
    }

    fn verdict(&self, verdict: Verdict) -> &Format {
        match verdict {
            Verdict::Pass => &self.pass,
            Verdict::Risk => &self.risk,
            Verdict::Fail => &self.fail,
        }
    }
}
