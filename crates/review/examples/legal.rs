//! Prints what the legal rules say of each tender: `cargo run -p bidlens-review --example legal -- FILE…`

use std::io::Write as _;

use bidlens_documents::{Limits, parse};

fn main() -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let document = parse(&path, &bytes, &Limits::default());
        let facts = bidlens_review::extract(&[document]);
        writeln!(
            stdout,
            "# {path}: {} on {:?}, not before {:?}",
            facts.legal.regime.as_str(),
            facts.legal.date,
            facts.legal.not_before
        )?;
        for evidence in &facts.legal.regime_evidence {
            writeln!(stdout, "    p.{} «{}»", evidence.page(), evidence.quote())?;
        }
        for outcome in &facts.legal.outcomes {
            let why = outcome.abstention.map_or("", |a| a.as_str());
            writeln!(stdout, "{} {} {why} {}", outcome.rule_id, outcome.state.as_str(), outcome.missing.join(","))?;
        }
        for item in facts.scoring.items.iter().take(0) {
            writeln!(stdout, "  {} | {} | {} | {}", item.lots, item.group, item.item, item.points.value())?;
        }
        for risk in facts.risks.iter().filter(|r| !r.basis.is_empty()) {
            writeln!(stdout, "{} {}\n  {}", risk.rule_id, risk.title, risk.description)?;
            for evidence in risk.evidence() {
                writeln!(stdout, "    p.{} «{}»", evidence.page(), evidence.quote())?;
            }
        }
    }
    Ok(())
}
