//! `cargo xtask eval defects`: generated tenders and bids with planted defects, and conforming twins beside them.
//!
//! Everything is invented and follows from the seed. Each defective bid has a twin that says the same in the same
//! words without the defects. A defect is caught when a finding that is no pass, of a check that may speak of it,
//! shows the planted words; a `fail` on a twin is false. The wording stands apart from what checks look for: it is
//! written as bids are, in several manners each.

mod bid;
mod english;
mod planted;
mod technical;
mod tender;
mod word;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use serde_json::Value;

use self::planted::Planted;
use crate::sh;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Seed of everything that is chosen
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Defective bids for each tender
    #[arg(long, default_value_t = 10)]
    bids: u64,
    /// List every defect that was missed and every false fail
    #[arg(long)]
    errors: bool,
    /// A built program to measure instead of a fresh release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// Numbers that look random and follow from a seed (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or_default()
    }

    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.below(of.len());
        &of[at]
    }
}

#[derive(Default)]
struct Score {
    caught: usize,
    planted: usize,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let program = sh::program_or_release(options.program.as_deref())?;
    let folder = sh::target().join("eval/defects");
    let mut kinds: BTreeMap<&str, Score> = BTreeMap::new();
    let mut lines = Vec::new();
    let (mut checks, mut false_fails, mut bids) = (0_usize, 0_usize, 0_usize);
    for (number, tender) in invented().enumerate() {
        let place = folder.join(number.to_string());
        std::fs::create_dir_all(&place).with_context(|| format!("create {}", place.display()))?;
        let tender_file = place.join("tender.docx");
        std::fs::write(&tender_file, word::write(&tender.text())?).context("write a tender")?;
        for turn in 0..options.bids {
            let seed = options.seed.wrapping_mul(1_000_003) ^ (number as u64 * 1_009 + turn);
            let planted = tender.choose(seed);
            for twin in [false, true] {
                let wanted: &[Planted] = if twin { &[] } else { &planted };
                let written = tender.write(seed, wanted);
                let file = place.join(format!("bid-{turn}{}.docx", if twin { "-twin" } else { "" }));
                std::fs::write(&file, word::write(&written.blocks)?).context("write a bid")?;
                let bid_argument = format!("{}={}", written.bidder, file.display());
                let arguments: Vec<&std::ffi::OsStr> = vec![
                    "review".as_ref(),
                    "--tender".as_ref(),
                    tender_file.as_os_str(),
                    "--bid".as_ref(),
                    bid_argument.as_ref(),
                ];
                let result = super::answer(&program, &arguments)?;
                let findings: Vec<&Value> = result["bids"][0]["findings"].as_array().into_iter().flatten().collect();
                bids += 1;
                if twin {
                    checks += findings.len();
                    for finding in findings.iter().filter(|f| f["result"] == "fail") {
                        false_fails += 1;
                        lines.push(format!(
                            "false fail {} {}: {}",
                            file.display(),
                            finding["rule_id"],
                            finding["remark"]
                        ));
                    }
                    continue;
                }
                for (defect, words) in &written.planted {
                    let hit = findings.iter().any(|f| catches(*defect, words, f));
                    let score = kinds.entry(defect.name()).or_default();
                    score.planted += 1;
                    score.caught += usize::from(hit);
                    if !hit {
                        lines.push(format!("missed {} {}: {words}", file.display(), defect.name()));
                    }
                }
            }
        }
    }
    let (mut caught, mut planted) = (0, 0);
    for (kind, score) in &kinds {
        (caught, planted) = (caught + score.caught, planted + score.planted);
        sh::print(&format!("  {kind:32} {}/{}", score.caught, score.planted))?;
    }
    let share = |n: usize, of: usize| n as f64 / of.max(1) as f64;
    sh::print(&format!(
        "{bids} bids over {} tenders · planted defects caught {caught}/{planted} = {:.3} (bar 0.95) · false fails on twins {false_fails} of {checks} findings = {:.2} % (bar 0.5 %)",
        invented().count(),
        share(caught, planted),
        share(false_fails, checks) * 100.0,
    ))?;
    if options.errors {
        for line in lines {
            sh::print(&line)?;
        }
    }
    Ok(())
}

/// An invented tender, in its language.
enum Invented {
    Chinese(&'static tender::Tender),
    English(&'static english::Call),
}

fn invented() -> impl Iterator<Item = Invented> {
    let chinese = tender::TENDERS.iter().map(Invented::Chinese);
    chinese.chain(english::CALLS.iter().map(Invented::English))
}

impl Invented {
    fn text(&self) -> Vec<word::Block> {
        match self {
            Invented::Chinese(tender) => tender.text(),
            Invented::English(call) => call.text(),
        }
    }

    fn choose(&self, seed: u64) -> Vec<Planted> {
        match self {
            Invented::Chinese(tender) => bid::choose(tender, seed),
            Invented::English(call) => call.choose(seed),
        }
    }

    #[cfg(test)]
    fn is_possible(&self, defect: Planted) -> bool {
        match self {
            Invented::Chinese(tender) => bid::is_possible(tender, defect),
            Invented::English(call) => call.is_possible(defect),
        }
    }

    fn write(&self, seed: u64, wanted: &[Planted]) -> bid::Written {
        match self {
            Invented::Chinese(tender) => bid::write(tender, seed, wanted),
            Invented::English(call) => call.write(seed, wanted),
        }
    }
}

/// A finding that is no pass, of a check that may speak of the defect, which shows the planted words.
fn catches(defect: Planted, words: &str, finding: &Value) -> bool {
    let spoken = finding["result"] == "fail" || finding["result"] == "risk" && finding["state"] != "human_only";
    let rule = finding["rule_id"].as_str().unwrap_or_default();
    let quotes = ["tender_evidence", "bid_evidence"]
        .iter()
        .flat_map(|side| finding[*side].as_array().into_iter().flatten())
        .filter_map(|e| e["quote"].as_str());
    let said = ["requirement_text", "response_text", "remark"].iter().filter_map(|key| finding[*key].as_str());
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let words = bare(words);
    spoken && defect.rules().contains(&rule) && quotes.chain(said).any(|text| bare(text).contains(&words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_bids_and_twins_differ_by_their_defects_alone() {
        for tender in invented() {
            let planted = tender.choose(7);
            assert!(planted.len() >= 5);
            let [a, b] = [(); 2].map(|()| tender.write(7, &planted));
            assert_eq!(a.blocks, b.blocks);
            assert_eq!(a.planted.len(), planted.len());
            let twin = tender.write(7, &[]);
            assert_ne!(a.blocks, twin.blocks);
            assert!(twin.planted.is_empty());
        }
    }

    #[test]
    fn one_defect_changes_no_more_than_it_is_about() {
        for (number, tender) in invented().enumerate() {
            for kind in Planted::all().filter(|kind| tender.is_possible(*kind)) {
                let [twin, defective] = [&[][..], &[kind]].map(|wanted| tender.write(3, wanted));
                let planted: Vec<Planted> = defective.planted.iter().map(|(kind, _)| *kind).collect();
                assert_eq!(planted, [kind], "tender {number}");
                let other = |block: &&word::Block| !twin.blocks.contains(block);
                let changed = defective.blocks.iter().filter(other).count();
                // Another price stands in the letter, the schedule and the items.
                assert!(changed <= 4, "tender {number}: {} changes {changed} blocks", kind.name());
            }
        }
    }
}
