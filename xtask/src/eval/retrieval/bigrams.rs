//! A peer: BM25 over pairs of neighbouring Chinese characters and spaced words, without a dictionary or fields.

use std::collections::HashMap;

use bidlens_domain::fold::{folded, is_cjk};

const K1: f64 = 1.2;
const B: f64 = 0.75;

/// For each question the texts that share a token with it, best first.
pub(super) fn rankings<'q>(texts: &[String], questions: impl Iterator<Item = &'q str>) -> Vec<Vec<usize>> {
    let counted: Vec<(HashMap<String, f64>, f64)> = texts
        .iter()
        .map(|text| {
            let tokens = tokens(text);
            let length = tokens.len() as f64;
            let mut counts = HashMap::new();
            for token in tokens {
                *counts.entry(token).or_insert(0.0) += 1.0;
            }
            (counts, length)
        })
        .collect();
    let mean = counted.iter().map(|(_, length)| length).sum::<f64>() / (texts.len().max(1) as f64);
    let mut holding: HashMap<&str, f64> = HashMap::new();
    for token in counted.iter().flat_map(|(counts, _)| counts.keys()) {
        *holding.entry(token).or_default() += 1.0;
    }
    let total = texts.len() as f64;
    let ranking = |question: &str| {
        let mut wanted = tokens(question);
        wanted.sort();
        wanted.dedup();
        let score = |(counts, length): &(HashMap<String, f64>, f64)| -> f64 {
            let part = |token: &String| {
                let n = counts.get(token)?;
                let holding = holding.get(token.as_str()).copied().unwrap_or(0.0);
                let idf = ((total - holding + 0.5) / (holding + 0.5) + 1.0).ln();
                Some(idf * n * (K1 + 1.0) / (n + K1 * (1.0 - B + B * length / mean)))
            };
            wanted.iter().filter_map(part).sum()
        };
        let mut scored: Vec<(usize, f64)> = counted.iter().map(score).enumerate().filter(|(_, s)| *s > 0.0).collect();
        scored.sort_by(|a, b| b.1.total_cmp(&a.1));
        scored.into_iter().map(|(n, _)| n).collect()
    };
    questions.map(ranking).collect()
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let (mut word, mut run) = (String::new(), Vec::<char>::new());
    for c in folded(text).to_lowercase().chars().chain([' ']) {
        let chinese = is_cjk(c) && c.is_alphanumeric();
        if !chinese {
            match run.as_slice() {
                [one] => tokens.push(one.to_string()),
                many => tokens.extend(many.windows(2).map(|pair| pair.iter().collect::<String>())),
            }
            run.clear();
        }
        if (chinese || !c.is_alphanumeric()) && !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        match (chinese, c.is_alphanumeric()) {
            (true, _) => run.push(c),
            (false, true) => word.push(c),
            (false, false) => {}
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_words_are_counted() {
        assert_eq!(tokens("投标函 QS-1"), ["投标", "标函", "qs", "1"]);
        let texts = ["投标人应提交".to_owned(), "提交保函".to_owned(), "bid".to_owned()];
        assert_eq!(rankings(&texts, ["提交保函", "无关"].into_iter()), [vec![1, 0], vec![]]);
    }
}
