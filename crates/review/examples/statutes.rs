//! Looks up every quotation of the rules in a folder of statute texts: `cargo run -p bidlens-review --example statutes -- DIR`
//!
//! The folder holds one or more files a law, named for it: Markdown or plain text with 第…条 at the start of a
//! paragraph, or JSON as a list of `条款` and `内容`. A quotation must stand in its article in every copy there is.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use bidlens_review::rules::data;
use regex::Regex;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("name the folder of statute texts")?;
    let mut copies: Vec<(String, BTreeMap<String, String>)> = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        let name = path.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let name = name.trim_start_matches("中华人民共和国").split(['(', '_']).next().unwrap_or_default().to_owned();
        copies.push((name, articles(&path)?));
    }
    let quotes = data::load()?.into_iter().flat_map(|rule| {
        let versions = rule.versions.into_iter().flat_map(|v| v.basis);
        versions.map(move |b| (rule.id.clone(), b.law, b.article, b.text)).collect::<Vec<_>>()
    });
    let on_bids = data::load_bid_rules()?.into_iter().flat_map(|rule| {
        rule.bases.into_iter().map(move |b| (rule.check.clone(), b.law, b.article, b.text)).collect::<Vec<_>>()
    });
    let mut stdout = std::io::stdout().lock();
    let (mut checked, mut wrong) = (0, 0);
    for (id, law, article, text) in quotes.chain(on_bids).filter(|(.., text)| !text.is_empty()) {
        let own: Vec<_> = copies.iter().filter(|(name, _)| *name == law).collect();
        let stands =
            |copy: &BTreeMap<String, String>| copy.get(&article).is_some_and(|t| bare(t).contains(&bare(&text)));
        checked += 1;
        if own.is_empty() || !own.iter().all(|(_, copy)| stands(copy)) {
            wrong += 1;
            writeln!(stdout, "{id}: {law} {article} ({} copies): {text}", own.len())?;
        }
    }
    writeln!(stdout, "{checked} quotations, {wrong} not found in every copy")?;
    if wrong > 0 { Err("quotations do not stand in their articles".into()) } else { Ok(()) }
}

fn articles(path: &Path) -> Result<BTreeMap<String, String>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path)?;
    if path.extension().is_some_and(|e| e == "json") {
        let last = Regex::new("第[一二三四五六七八九十百]+条$")?;
        let list: Vec<BTreeMap<String, String>> = serde_json::from_str(&text)?;
        let entry = |one: BTreeMap<String, String>| {
            let article = last.find(one.get("条款")?)?.as_str().to_owned();
            Some((article, one.get("内容")?.clone()))
        };
        return Ok(list.into_iter().filter_map(entry).collect());
    }
    let start = Regex::new("(?m)^[ \\t\u{3000}]*(第[一二三四五六七八九十百]+条)[ \u{3000}]")?;
    let starts: Vec<(usize, usize, String)> = start
        .captures_iter(&text)
        .filter_map(|c| Some((c.get(0)?.start(), c.get(0)?.end(), c.get(1)?.as_str().to_owned())))
        .collect();
    let ends = starts.iter().skip(1).map(|(at, ..)| *at).chain([text.len()]);
    Ok(starts.iter().zip(ends).map(|((_, from, article), to)| (article.clone(), text[*from..to].to_owned())).collect())
}

/// Without white space and punctuation, in which copies differ.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
