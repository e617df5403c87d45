//! `bidlens extract`: what one tender demands.

use std::fmt::Write;
use std::process::ExitCode;

use bidlens_domain::document::Language;
use bidlens_domain::facts::Facts;
use bidlens_domain::field::{Field, FieldStatus};
use bidlens_domain::finding::FileSummary;
use bidlens_domain::labels::{field_name, field_order};
use bidlens_domain::risk::{Risk, RiskType, Severity};
use unicode_width::UnicodeWidthStr;

use crate::cli::Extract;
use crate::offline;
use crate::terminal::{self, Palette, shorten};

pub(crate) fn run(arguments: &Extract) -> anyhow::Result<ExitCode> {
    let model = offline::model(arguments.model.as_deref())?;
    let bar = terminal::progress(arguments.files.len() as u64 + 1);
    bar.set_message(offline::READING);
    let reader = offline::FileReader::from_environment()?;
    let documents: Vec<_> = reader.read_all(&arguments.files, &bar)?.into_iter().flatten().collect();
    bar.suspend(|| offline::require_usable("the tender", &documents))?;
    bar.set_message("reading the tender's demands");
    let (documents, facts) = offline::analyse(&reader, documents, model.as_deref())?;
    bar.finish_and_clear();
    if arguments.json {
        let files: Vec<FileSummary> = documents.iter().map(FileSummary::from).collect();
        terminal::print(&serde_json::to_string_pretty(&bidlens_reports::extract_json(&files, &facts))?)?;
    } else {
        terminal::print(&summary(&facts, arguments.language.into(), Palette::for_stdout()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What a person wants to know first: the facts, what can disqualify, how points are given.
pub(crate) fn summary(facts: &Facts, language: Language, palette: Palette) -> String {
    // Who has not asked for English may read either.
    let heading = |zh: &str, en: String| {
        palette.bold(&match language {
            Language::Zh => format!("{zh} · {en}"),
            Language::En => en,
        })
    };
    let mut out = String::new();
    let _ = writeln!(out, "{}", heading("项目信息", "Project facts".to_owned()));
    let mut fields: Vec<_> = facts.fields.iter().collect();
    fields.sort_by_key(|(key, _)| field_order(key));
    let names: Vec<String> = fields.iter().map(|(key, _)| field_name(key, language)).collect();
    let width = names.iter().map(|name| name.width()).max().unwrap_or(0).min(32);
    for ((_, field), name) in fields.iter().zip(&names) {
        if matches!(field.status(), FieldStatus::NotFound | FieldStatus::Unreadable) {
            continue;
        }
        let page = field.evidence().first().map_or(String::new(), |e| format!("p.{}", e.page()));
        let gap = " ".repeat(width.saturating_sub(name.width()));
        let _ = writeln!(out, "  {name}{gap}  {}  {}", value_words(field, language), palette.dim(&page));
    }
    for (status, told) in [
        (FieldStatus::NotFound, ("未找到：", "、", "not found: ", ", ")),
        (
            FieldStatus::Unreadable,
            ("可能在未能识别的页面或图片中：", "、", "perhaps on what could not be read: ", ", "),
        ),
    ] {
        let of_status = fields.iter().zip(&names).filter(|((_, field), _)| field.status() == status);
        let missing: Vec<&str> = of_status.map(|(_, name)| name.as_str()).collect();
        let (head, between) = match language {
            Language::Zh => (told.0, told.1),
            Language::En => (told.2, told.3),
        };
        if !missing.is_empty() {
            let _ = writeln!(out, "  {}", palette.dim(&format!("{head}{}", missing.join(between))));
        }
    }
    if !facts.changes.is_empty() {
        let count = facts.changes.len();
        let _ = writeln!(out, "\n{}", heading("补遗与变更", format!("Changed by addenda: {count}")));
        for change in &facts.changes {
            let before = change.before.as_deref().map_or(String::new(), |b| format!("{b} → "));
            let place = format!("{} p.{}", change.evidence.file(), change.evidence.page());
            let _ = writeln!(out, "  {} {before}{}  {}", change.subject, change.after, palette.dim(&place));
        }
    }
    let rejecting: Vec<&Risk> = facts.risks.iter().filter(|r| r.risk_type == RiskType::MustReject).collect();
    let _ = writeln!(
        out,
        "\n{}",
        heading(
            "废标风险",
            format!(
                "What can disqualify a bid: {} (and {} other risks)",
                rejecting.len(),
                facts.risks.len() - rejecting.len()
            )
        )
    );
    for risk in rejecting.iter().take(12) {
        risk_line(&mut out, risk, palette);
    }
    if rejecting.len() > 12 {
        let _ =
            writeln!(out, "  {}", palette.dim(&format!("… {} more; see the report or --json", rejecting.len() - 12)));
    }
    let rigid = facts.requirements.iter().filter(|r| r.rigid).count();
    let _ = writeln!(
        out,
        "\n{}",
        heading("要求台账", format!("Requirements: {}, of which rigid: {rigid}", facts.requirements.len()))
    );
    if !facts.scoring.items.is_empty() {
        let total = facts.scoring.total.map_or(String::new(), |t| format!(", total {}", t.value()));
        let _ = writeln!(out, "{}", heading("评分", format!("Scoring items: {}{total}", facts.scoring.items.len())));
    }
    out
}

fn risk_line(out: &mut String, risk: &Risk, palette: Palette) {
    let label = match risk.severity {
        Severity::Critical => palette.red("critical"),
        Severity::High => palette.red("high    "),
        Severity::Medium => palette.yellow("medium  "),
        Severity::Low => palette.dim("low     "),
    };
    let first = risk.evidence().first();
    let page = first.map_or(String::new(), |e| format!("p.{}", e.page()));
    let quote = first.map_or(risk.title.as_str(), |e| e.quote());
    let _ = writeln!(out, "  {label} {}  {}", shorten(quote, 96), palette.dim(&page));
}

/// The value in one line of words, with lots when they differ.
fn value_words(field: &Field, language: Language) -> String {
    let words = match field.status() {
        FieldStatus::StatedNone if language == Language::En => "stated: none".to_owned(),
        FieldStatus::StatedNone => "无（文件载明）".to_owned(),
        FieldStatus::RefersElsewhere if language == Language::En => format!("refers elsewhere: {}", field.raw()),
        FieldStatus::RefersElsewhere => format!("另见：{}", field.raw()),
        FieldStatus::Conflicting => {
            let quotes: Vec<&str> = field.evidence().iter().map(|e| e.quote()).collect();
            let head = if language == Language::En { "conflicting: " } else { "前后不一：" };
            format!("{head}{}", quotes.join(" / "))
        }
        FieldStatus::Found | FieldStatus::NotFound | FieldStatus::Unreadable => {
            bidlens_reports::field_words(field, language)
        }
    };
    shorten(&words, 84)
}
