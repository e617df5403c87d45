//! Prints the rejection clauses and the scoring of each tender as JSON into a folder:
//! `cargo run -p bidlens-review --example facts -- OUT FILE…`

use std::io::Write as _;
use std::path::Path;

use bidlens_documents::{Limits, parse};
use bidlens_domain::risk::RiskType;
use serde_json::json;

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let out = args.next().unwrap_or_else(|| "predictions".to_owned());
    std::fs::create_dir_all(&out)?;
    let mut stdout = std::io::stdout().lock();
    for path in args {
        let bytes = std::fs::read(&path)?;
        let name = Path::new(&path).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let document = parse(&name, &bytes, &Limits::default());
        let started = std::time::Instant::now();
        let facts = bidlens_review::extract(&[document]);
        let spent = started.elapsed();
        let rejecting = facts.risks.iter().filter(|r| r.risk_type == RiskType::MustReject);
        let clauses: Vec<_> = rejecting
            .filter_map(|r| {
                let first = r.evidence().first()?;
                let quotes: Vec<&str> = r.evidence().iter().map(|e| e.quote()).collect();
                Some(json!({ "quote": first.quote(), "quotes": quotes, "rule": r.rule_id, "page": first.page() }))
            })
            .collect();
        let items: Vec<_> = facts
            .scoring
            .items
            .iter()
            .map(|i| json!({ "item": i.item, "points": i.points.value(), "group": i.group, "rule": i.rule }))
            .collect();
        let requirements: Vec<_> = facts
            .requirements
            .iter()
            .map(|r| {
                json!({
                    "id": r.id, "dimension": r.dimension.as_str(), "text": r.text, "rigid": r.rigid, "mark": r.mark,
                    "constraint": r.constraint,
                })
            })
            .collect();
        let others: Vec<_> = facts
            .risks
            .iter()
            .filter(|r| r.risk_type != RiskType::MustReject)
            .map(|r| json!({ "rule": r.rule_id, "severity": r.severity.as_str(), "title": r.title }))
            .collect();
        writeln!(
            stdout,
            "{name}: {} rejecting, {} other risks, {} scored items to {:?}, {} requirements in {spent:?}",
            clauses.len(),
            others.len(),
            items.len(),
            facts.scoring.total.map(|t| t.value()),
            requirements.len(),
        )?;
        let whole = json!({
            "fields": {}, "reject_clauses": clauses, "score_items": items, "requirements": requirements,
            "other_risks": others,
        });
        std::fs::write(Path::new(&out).join(format!("{name}.json")), serde_json::to_vec_pretty(&whole)?)?;
    }
    Ok(())
}
