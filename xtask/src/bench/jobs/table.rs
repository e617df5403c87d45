//! Rows of the result, their medians and verdicts.

use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use crate::sh;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Met,
    NotMet,
    NotMeasured,
    /// There is no bar: the figure stands beside another.
    Shown,
}

impl Verdict {
    pub(super) fn of(met: bool) -> Verdict {
        if met { Verdict::Met } else { Verdict::NotMet }
    }

    fn word(self) -> &'static str {
        match self {
            Verdict::Met => "met",
            Verdict::NotMet => "NOT MET",
            Verdict::NotMeasured => "not measured",
            Verdict::Shown => "",
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    measure: String,
    figure: String,
    bar: String,
    verdict: Verdict,
    /// What the figure was made of, for the file.
    samples: Value,
}

impl Row {
    pub(super) fn new(measure: impl Into<String>, figure: String, bar: impl Into<String>, verdict: Verdict) -> Row {
        Row { measure: measure.into(), figure, bar: bar.into(), verdict, samples: Value::Null }
    }

    /// A figure without a bar.
    pub(super) fn shown(measure: impl Into<String>, figure: String) -> Row {
        Row::new(measure, figure, "", Verdict::Shown)
    }

    pub(super) fn samples(mut self, samples: impl Into<Value>) -> Row {
        self.samples = samples.into();
        self
    }
}

/// The median; of an even number, the lower of the two in the middle. Zero of nothing.
pub(super) fn median(samples: &[f64]) -> f64 {
    percentile(samples, 0.5)
}

/// The smallest sample that so large a share of all does not exceed. Zero of nothing.
pub(super) fn percentile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or(0.0)
}

/// A whole number with its thousands apart.
pub(super) fn whole(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What the figures were measured on, in a line.
pub(super) fn machine() -> anyhow::Result<String> {
    let cores = std::thread::available_parallelism().map_or(0, |n| n.get());
    let info = std::fs::read_to_string("/proc/cpuinfo").context("read /proc/cpuinfo")?;
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    let load = std::fs::read_to_string("/proc/loadavg").context("read /proc/loadavg")?;
    let load = load.split(' ').take(3).collect::<Vec<_>>().join(" ");
    Ok(format!("{cores} cores, {}; load average at the end {load}", model.unwrap_or("unknown processor")))
}

pub(super) fn text(rows: &[Row]) -> String {
    let head = ["measure", "figure", "bar", "verdict"].map(str::to_owned);
    let mut lines = vec![head];
    lines.extend(
        rows.iter()
            .map(|row| [row.measure.clone(), row.figure.clone(), row.bar.clone(), row.verdict.word().to_owned()]),
    );
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(width);
    let written = |line: &[String; 4]| {
        let cells: Vec<String> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("| {} |", cells.join(" | "))
    };
    let rule = format!("|{}|", widths.map(|width| "-".repeat(width + 2)).join("|"));
    let mut out: Vec<String> = lines.iter().map(written).collect();
    out.insert(1, rule);
    out.join("\n")
}

pub(super) fn save(file: &Path, machine: &str, quick: bool, rows: &[Row]) -> anyhow::Result<()> {
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({"measure": row.measure, "figure": row.figure, "bar": row.bar, "verdict": row.verdict.word(),
                   "samples": row.samples})
        })
        .collect();
    let revision = sh::read(sh::command("git").args(["rev-parse", "HEAD"])).unwrap_or_default();
    let all = json!({"machine": machine, "quick": quick, "revision": revision.trim(), "rows": rows});
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    }
    std::fs::write(file, format!("{all:#}\n")).with_context(|| format!("write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples() {
        let samples: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!([0.5, 0.99, 1.0].map(|share| percentile(&samples, share)), [50.0, 99.0, 100.0]);
        assert_eq!((median(&[7.0]), median(&[]), median(&[3.0, 1.0, 2.0])), (7.0, 0.0, 2.0));
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0.4, 999.0, 1000.0, 1234567.0].map(whole), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn columns_line_up() {
        let rows = [Row::new("a", "10".to_owned(), "≥ 5", Verdict::Met), Row::shown("beside", "1".to_owned())];
        let table = "| measure | figure | bar | verdict |\n|---------|--------|-----|---------|\n\
                     | a       | 10     | ≥ 5 | met     |\n| beside  | 1      |     |         |";
        assert_eq!(text(&rows), table);
    }
}
