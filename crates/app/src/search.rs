//! Finding words in a project's files: BM25 over Chinese character pairs and spaced words.
//!
//! The ranking is computed here over the segments of one project, so that it is the same whichever database holds
//! them. Lexical only: it finds words, not meanings.

use std::collections::HashMap;

use bidlens_domain::fold::{folded, is_cjk};
use bidlens_storage::{Access, SegmentRow};

use crate::App;
use crate::error::AppError;

/// A segment with its rank.
#[derive(Debug, Clone)]
pub struct SearchHit {
    pub segment: SegmentRow,
    pub score: f64,
}

const K1: f64 = 1.2;
const B: f64 = 0.75;
const HITS_MAX: usize = 50;
const QUERY_CHARS_MAX: usize = 200;

impl App {
    pub async fn search(&self, access: &Access, project_id: &str, query: &str) -> Result<Vec<SearchHit>, AppError> {
        self.project(access, project_id).await?;
        let query: String = query.chars().take(QUERY_CHARS_MAX).collect();
        if query.trim().is_empty() {
            return Err(AppError::invalid("empty_query", "`q` names the words to look for"));
        }
        let segments = self.inner.db.project_segments(access, project_id).await?;
        tokio::task::spawn_blocking(move || rank(&query, segments)).await.map_err(|e| AppError::outside("search", e))
    }

    pub async fn segments(
        &self,
        access: &Access,
        project_id: &str,
        asset_id: &str,
        page: Option<i64>,
    ) -> Result<Vec<SegmentRow>, AppError> {
        self.own_asset(access, project_id, asset_id).await?;
        Ok(self.inner.db.segments(access, asset_id, page).await?)
    }

    /// The segments behind evidence ids, in the order asked; ids of others are left out.
    pub async fn lookup_chunks(&self, access: &Access, ids: &[String]) -> Result<Vec<SegmentRow>, AppError> {
        if ids.len() > 500 {
            return Err(AppError::invalid("too_many_ids", "at most 500 ids at a time"));
        }
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.inner.db.segment(access, id).await?);
        }
        Ok(found)
    }
}

/// Pairs of neighbouring Chinese characters, single ones where there is no pair, and words of other scripts.
fn tokens(text: &str) -> Vec<String> {
    let text = folded(text).to_lowercase();
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut run: Vec<char> = Vec::new();
    let flush_run = |run: &mut Vec<char>, tokens: &mut Vec<String>| {
        match run.as_slice() {
            [] => {}
            [one] => tokens.push(one.to_string()),
            many => tokens.extend(many.windows(2).map(|pair| pair.iter().collect::<String>())),
        }
        run.clear();
    };
    for c in text.chars().chain([' ']) {
        if is_cjk(c) && c.is_alphanumeric() {
            if !word.is_empty() {
                tokens.push(std::mem::take(&mut word));
            }
            run.push(c);
        } else {
            flush_run(&mut run, &mut tokens);
            if c.is_alphanumeric() {
                word.push(c);
            } else if !word.is_empty() {
                tokens.push(std::mem::take(&mut word));
            }
        }
    }
    tokens
}

fn rank(query: &str, segments: Vec<SegmentRow>) -> Vec<SearchHit> {
    let mut wanted = tokens(query);
    wanted.sort();
    wanted.dedup();
    let number: HashMap<&str, usize> = wanted.iter().enumerate().map(|(i, token)| (token.as_str(), i)).collect();
    let mut holding = vec![0.0f64; wanted.len()];
    let mut lengths = 0.0;
    // How often each wanted token stands in each segment, and the segment's length.
    let counted: Vec<(HashMap<usize, f64>, f64)> = segments
        .iter()
        .map(|segment| {
            let all = tokens(&segment.content);
            let mut counts: HashMap<usize, f64> = HashMap::new();
            for &token in all.iter().filter_map(|t| number.get(t.as_str())) {
                *counts.entry(token).or_default() += 1.0;
            }
            for &token in counts.keys() {
                if let Some(n) = holding.get_mut(token) {
                    *n += 1.0;
                }
            }
            lengths += all.len() as f64;
            (counts, all.len() as f64)
        })
        .collect();
    let total = segments.len() as f64;
    let mean = (lengths / total.max(1.0)).max(1.0);
    let score = |(counts, length): &(HashMap<usize, f64>, f64)| -> f64 {
        // In the order of the tokens, so that the same rows always add up to the same number.
        holding
            .iter()
            .enumerate()
            .filter_map(|(token, holding)| {
                let n = counts.get(&token)?;
                let idf = ((total - holding + 0.5) / (holding + 0.5) + 1.0).ln();
                Some(idf * n * (K1 + 1.0) / (n + K1 * (1.0 - B + B * length / mean)))
            })
            .sum()
    };
    let scores: Vec<f64> = counted.iter().map(score).collect();
    let mut hits: Vec<SearchHit> = segments
        .into_iter()
        .zip(scores)
        .filter(|(_, s)| *s > 0.0)
        .map(|(segment, score)| SearchHit { segment, score })
        .collect();
    // Stable, so that ties stay in the order of the files and their text.
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    hits.truncate(HITS_MAX);
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(id: &str, content: &str) -> SegmentRow {
        SegmentRow {
            chunk_id: id.to_owned(),
            asset_id: "a".to_owned(),
            page: 1,
            section: String::new(),
            content: content.to_owned(),
            boxes: serde_json::Value::Null,
        }
    }

    #[test]
    fn the_rarer_word_decides() {
        let segments = vec![
            segment("1", "投标人应提交投标文件"),
            segment("2", "投标保证金以保函形式提交"),
            segment("3", "Bid security USD 8,000"),
        ];
        let ids =
            |query: &str| rank(query, segments.clone()).into_iter().map(|h| h.segment.chunk_id).collect::<Vec<_>>();
        assert_eq!(ids("投标保函"), ["2", "1"]);
        assert_eq!(ids("ｂｉｄ SECURITY"), ["3"]);
        assert_eq!(ids("无关"), [] as [&str; 0]);
    }
}
