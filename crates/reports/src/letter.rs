//! The letter that asks for clarification, ready to be signed and sent.

use std::io::Cursor;

use bidlens_domain::document::Language;
use bidlens_domain::finding::Review;
use docx_rs::{AlignmentType, Docx, Paragraph, Run, RunFonts};

use crate::docx::{clean, heading_style, text};
use crate::labels::Words;
use crate::{Options, ReportError};

/// Asks whoever wrote the tender about every contradiction in it, in the tender's language; with none it says so and
/// asks nothing.
pub fn clarification_letter(review: &Review, options: &Options) -> Result<Vec<u8>, ReportError> {
    let language = review.facts.language;
    let say = |zh: &'static str, en: &'static str| Words(zh, en).in_language(language);
    let words_of = |key: &str| review.facts.field(key).and_then(|f| f.text()).map(clean);
    let buyer = words_of("buyer_name");
    let agency = words_of("agency_name");
    let addressees: Vec<String> = [buyer, agency].into_iter().flatten().collect();
    let project = words_of("project_name").or_else(|| options.project_name.as_deref().map(clean)).unwrap_or_default();
    let number = words_of("tender_no");

    let title = Paragraph::new()
        .style("Heading1")
        .align(AlignmentType::Center)
        .add_run(Run::new().add_text(say("关于招标文件的澄清函", "Request for clarification")));
    let mut docx = Docx::new()
        .default_fonts(RunFonts::new().ascii("Calibri").hi_ansi("Calibri").east_asia("宋体"))
        .default_size(24)
        .add_style(heading_style("Heading1", 1, 36))
        .add_paragraph(title);
    let to = if addressees.is_empty() { "________".to_owned() } else { addressees.join(say("、", ", ")) };
    docx = docx.add_paragraph(text(&format!("{}{to}", say("致：", "To: "))));
    let number = number.map_or(String::new(), |n| match language {
        Language::Zh => format!("（项目编号：{n}）"),
        Language::En => format!(" (no. {n})"),
    });
    let opening = match language {
        Language::Zh => format!("我方拟参加“{project}”{number}的投标。阅读招标文件后，对下列内容请予澄清："),
        Language::En => format!(
            "We intend to bid for “{project}”{number}. Having read the tender documents, we ask for clarification of the following:"
        ),
    };
    docx = docx.add_paragraph(text(&opening));
    let questions = &review.facts.contradictions;
    for (number, one) in questions.iter().enumerate() {
        docx = docx.add_paragraph(text(&format!("{}. {}", number + 1, clean(&one.question))));
        if let (Some(value), Some(words)) = (&one.prevailing, &one.precedence) {
            let note = match language {
                Language::Zh => {
                    format!("　　（招标文件第{}页“{}”，据此似应为“{value}”。）", words.page(), words.quote())
                }
                Language::En => {
                    format!("    (By page {} “{}”, it seems to be “{value}”.)", words.page(), words.quote())
                }
            };
            docx = docx.add_paragraph(text(&clean(&note)));
        }
    }
    if questions.is_empty() {
        let none = say("（未发现需要澄清的内容。）", "(Nothing was found that needs clarification.)");
        docx = docx.add_paragraph(text(none));
    }
    let asked_by = review.facts.field("clarification_deadline");
    let stated = asked_by.and_then(|f| f.moment().map(|m| m.to_string()).or_else(|| f.text().map(clean)));
    let by_law = || {
        let day = review.facts.legal.last_day_to_ask.as_ref()?;
        let (at, reckoning) = (day.at, day.reckoning(language));
        Some(match language {
            Language::Zh => format!("招标文件未写明；依法为{at}，{reckoning}"),
            Language::En => format!("not stated in the tender; by law {at}, {reckoning}"),
        })
    };
    let last_day = stated
        .or_else(by_law)
        .unwrap_or_else(|| say("招标文件未写明，请尽早提出", "not stated in the tender; ask early").to_owned());
    docx = docx
        .add_paragraph(
            text(&format!("{}{last_day}", say("（提出疑问的截止时间：", "(Last moment to ask: ")))
                .add_run(Run::new().add_text(say("）", ")"))),
        )
        .add_paragraph(text(""))
        .add_paragraph(text(say("投标人（盖章）：________________", "Bidder (seal): ________________")))
        .add_paragraph(text(say("联系人及电话：________________", "Contact and telephone: ________________")))
        .add_paragraph(text(say("日期：______年____月____日", "Date: ________________")));
    let mut bytes = Cursor::new(Vec::new());
    docx.build().pack(&mut bytes).map_err(|e| ReportError::Docx(e.to_string()))?;
    Ok(bytes.into_inner())
}
