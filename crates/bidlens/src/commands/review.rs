//! `bidlens review`: the whole main job on files.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use bidlens_domain::document::Language;
use bidlens_domain::finding::{BidReview, Finding, Review, Verdict};
use bidlens_reports::Options;

use crate::offline::{self, BidArgument};
use crate::terminal::{self, Palette, shorten};
use crate::{cli, commands::extract};

/// The exit code that tells a script that a rigid requirement is failed.
const EXIT_RIGID_FAIL: u8 = 3;

pub(crate) fn run(arguments: cli::Review) -> anyhow::Result<ExitCode> {
    let model = offline::model(arguments.model.as_deref())?;
    let bids: Vec<BidArgument> = arguments.bid.iter().map(|bid| BidArgument::parse(bid)).collect();
    let bid_files: Vec<PathBuf> = bids.iter().map(|bid| bid.file.clone()).collect();
    let language = arguments.language.into();
    let review = offline::review(&arguments.tender, bids, &arguments.rules, model.as_deref())?;
    if let Some(out) = &arguments.out {
        write_reports(&review, language, out)?;
        write_annotated(&review, language, &bid_files, &out.join("annotated"))?;
    }
    if arguments.json {
        terminal::print(&serde_json::to_string_pretty(&bidlens_reports::review_json(&review))?)?;
    } else {
        let palette = Palette::for_stdout();
        let mut text = extract::summary(&review.facts, language, palette);
        for bid in &review.bids {
            bid_summary(&mut text, bid, language, palette);
        }
        terminal::print(&text)?;
    }
    if let Some(out) = &arguments.out {
        terminal::print_note(&format!("reports: {}", out.join("report.html").display()));
    }
    let rigid_fail = review.bids.iter().flat_map(|b| &b.findings).any(|f| f.rigid && f.verdict() == Verdict::Fail);
    Ok(if arguments.exit_code && rigid_fail { ExitCode::from(EXIT_RIGID_FAIL) } else { ExitCode::SUCCESS })
}

fn bid_summary(out: &mut String, bid: &BidReview, language: Language, palette: Palette) {
    let (fail, risk, pass) = match language {
        Language::Zh => ("不符合 fail", "风险 risk", "符合 pass"),
        Language::En => ("fail", "risk", "pass"),
    };
    let _ = writeln!(
        out,
        "\n{}  {} {}  {} {}  {} {}",
        palette.bold(&shorten(&bid.bidder_name, 60)),
        palette.red(fail),
        bid.count(Verdict::Fail),
        palette.yellow(risk),
        bid.count(Verdict::Risk),
        palette.green(pass),
        bid.count(Verdict::Pass),
    );
    let failed = bid.findings.iter().filter(|f| f.verdict() == Verdict::Fail);
    for finding in failed {
        finding_lines(out, finding, language, palette);
    }
}

fn finding_lines(out: &mut String, finding: &Finding, language: Language, palette: Palette) {
    // English takes more letters to say the same.
    let (rigid, tender, bid, width) = match language {
        Language::Zh => ("✗ 废标项", "招标", "投标", 100),
        Language::En => ("✗ rigid", "tender", "bid", 160),
    };
    let rigid = palette.red(if finding.rigid { rigid } else { "✗" });
    let remark = shorten(finding.remark_in(language), width);
    let _ = writeln!(out, "  {rigid} {} {remark}", palette.dim(&finding.rule_id));
    for (label, evidence) in [(tender, &finding.tender_evidence[..]), (bid, finding.bid_evidence())] {
        for one in evidence.iter().take(2) {
            let place = palette.dim(&format!("{} p.{}", shorten(one.file(), 40), one.page()));
            let _ = writeln!(out, "      {label} “{}” {place}", shorten(one.quote(), 84));
        }
    }
}

/// Writes the four report files; each is written whole or not at all.
fn write_reports(review: &Review, language: Language, directory: &Path) -> anyhow::Result<()> {
    create(directory)?;
    let options = Options {
        language,
        generated_at: chrono::Local::now().format("%Y-%m-%d %H:%M").to_string(),
        project_name: review.facts.field("project_name").and_then(|f| f.text()).map(str::to_owned),
    };
    let json = serde_json::to_vec_pretty(&bidlens_reports::review_json(review))?;
    let files = [
        ("result.json", json),
        ("report.html", bidlens_reports::html(review, &options).into_bytes()),
        ("report.docx", bidlens_reports::docx(review, &options)?),
        ("report.xlsx", bidlens_reports::xlsx(review, &options)?),
    ];
    files.into_iter().try_for_each(|(name, bytes)| write_whole(directory, name, &bytes))
}

/// Writes the bids' own files with the findings in them; one that cannot be annotated keeps nobody from the others.
fn write_annotated(review: &Review, language: Language, files: &[PathBuf], directory: &Path) -> anyhow::Result<()> {
    let reader = offline::FileReader::from_environment()?;
    let mut names = HashSet::new();
    for file in files {
        match reader.annotate(file, review, language) {
            Ok(Some(copy)) => {
                create(directory)?;
                write_whole(directory, &free_name(file, &mut names), &copy)?;
            }
            Ok(None) => {}
            Err(error) => terminal::print_warning(&format!("{}: not annotated: {error:#}", file.display())),
        }
    }
    Ok(())
}

/// The file's own name, with a number where another file of the same name came before.
fn free_name(file: &Path, names: &mut HashSet<String>) -> String {
    let part = |part: Option<&OsStr>| part.map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    let (stem, extension) = (part(file.file_stem()), part(file.extension()));
    let named = |n: usize| if n == 1 { part(file.file_name()) } else { format!("{stem}-{n}.{extension}") };
    let name = (1..).map(named).find(|name| !names.contains(name)).unwrap_or_default();
    names.insert(name.clone());
    name
}

fn create(directory: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(directory).with_context(|| format!("create {}", directory.display()))
}

fn write_whole(directory: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let path = directory.join(name);
    let partial = directory.join(format!(".{name}.partial"));
    std::fs::write(&partial, bytes)
        .and_then(|()| std::fs::rename(&partial, &path))
        .with_context(|| format!("write {}", path.display()))
}
