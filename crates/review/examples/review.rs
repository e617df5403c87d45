//! Judges bids against a tender and prints the findings as JSON:
//! `cargo run -p bidlens-review --example review -- TENDER BID…`, each bid one file.

use std::io::Write as _;
use std::path::Path;

use bidlens_documents::{Limits, parse};
use bidlens_domain::document::Document;
use bidlens_domain::evidence::Evidence;
use bidlens_review::{BidFiles, bidder_name};
use serde_json::{Value, json};

fn read(path: &str) -> std::io::Result<Document> {
    let bytes = std::fs::read(path)?;
    let name = Path::new(path).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(parse(&name, &bytes, &Limits::default()))
}

fn quotes(evidence: &[Evidence]) -> Vec<Value> {
    evidence.iter().map(|e| json!({ "file": e.file(), "page": e.page(), "quote": e.quote() })).collect()
}

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let Some(tender) = args.next() else {
        return Err(std::io::Error::other("usage: review TENDER BID…"));
    };
    let tender = [read(&tender)?];
    let facts = bidlens_review::extract(&tender);
    let bids: Vec<[Document; 1]> = args.map(|p| Ok([read(&p)?])).collect::<std::io::Result<_>>()?;
    let files: Vec<BidFiles<'_>> = bids
        .iter()
        .map(|d| BidFiles {
            bidder_name: bidder_name(d).unwrap_or_else(|| d.first().map(|d| d.name.clone()).unwrap_or_default()),
            documents: d,
        })
        .collect();
    let started = std::time::Instant::now();
    let reviews = bidlens_review::review(&tender, &facts, &files, &[]).reviews;
    eprintln!("judged in {:?}", started.elapsed());
    let bids: Vec<Value> = reviews
        .iter()
        .map(|bid| {
            let findings: Vec<Value> = bid
                .findings
                .iter()
                .map(|f| {
                    json!({
                        "id": f.id, "source": f.source.as_str(), "rule_id": f.rule_id, "rigid": f.rigid,
                        "requirement_id": f.requirement_id, "requirement_text": f.requirement_text,
                        "response_text": f.response_text, "result": f.verdict().as_str(), "state": f.state().as_str(),
                        "remark": f.remark, "tender_evidence": quotes(&f.tender_evidence),
                        "bid_evidence": quotes(f.bid_evidence()),
                    })
                })
                .collect();
            let names: Vec<&str> = bid.files.iter().map(|f| f.name.as_str()).collect();
            json!({ "bidder_name": bid.bidder_name, "files": names, "findings": findings, "summary": {} })
        })
        .collect();
    writeln!(std::io::stdout().lock(), "{}", json!({ "bids": bids }))
}
