//! BM25 over the fields of segments, the same numbers on every machine and over every database.
//!
//! Words are weighed by how rare they are in the whole project. A word counts more where something is named than in
//! running text, as in BM25F (Robertson and Zaragoza, 2009). Names for the same thing are alternatives, of which the
//! best counts.

use crate::entry::FIELDS;
use crate::file_index::{FileIndex, Indexed};
use crate::query::{Alternative, Query};
use crate::signs::Sign;

/// A segment and how well it fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Position among the files that were searched.
    pub file: usize,
    /// Position among the file's segments.
    pub segment: usize,
    pub score: f64,
}

/// How soon more of the same word stops to count.
const K1: f64 = 1.2;

/// What a word weighs in each field, and how much a long field is held against it: body, label, path, header,
/// stated. Words of a label stand in the body too.
const WEIGHTS: [(f64, f64); FIELDS] = [(1.0, 0.6), (2.0, 0.4), (0.7, 0.3), (0.3, 0.3), (1.0, 0.0)];

/// What further names of a thing add when one was found.
const FURTHER_NAMES: f64 = 0.1;
/// Where the answer states what the question expects.
const EXPECTED: f64 = 1.3;
/// A form that is to be filled in repeats the question and not the answer.
const BLANK: f64 = 0.75;
/// The parts of a tender that state its facts.
const FRONT: f64 = 1.4;
/// Forms and contracts repeat the words of other parts.
const FORM: f64 = 0.8;
/// Headings alone say where to read on.
const HEADINGS: f64 = 0.6;
/// Running headers repeat what the text says.
const FURNITURE: f64 = 0.3;

/// The segments that hold words of the query, best first; ties stay in the order of the files and their text.
///
/// How rare a word is goes by all `files`; only segments that are `allowed`, by file and segment, are hits.
pub fn rank(files: &[&FileIndex], query: &Query, allowed: impl Fn(usize, usize) -> bool) -> Vec<Hit> {
    let collection = Collection::of(files);
    let mut hits = Vec::new();
    let groups = query.clauses.iter().flat_map(|clause| [&clause.alternatives, &clause.stated, &clause.near]);
    let weighed: Vec<Vec<Weighed<'_>>> = groups.map(|group| collection.weigh(files, group)).collect();
    for (number, file) in files.iter().enumerate() {
        let mut scores = Scores::of(file);
        for group in &weighed {
            scores.add(file, group, &collection);
        }
        for (segment, score) in scores.total() {
            let Some(indexed) = file.segments.get(segment) else { continue };
            if allowed(number, segment) {
                hits.push(Hit { file: number, segment, score: score * quality(indexed, query) });
            }
        }
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then((a.file, a.segment).cmp(&(b.file, b.segment))));
    hits
}

fn quality(indexed: &Indexed, query: &Query) -> f64 {
    let mut factor = 1.0;
    if indexed.signs.shares(query.expected) {
        factor *= EXPECTED;
    }
    let weights = [
        (Sign::Blank, BLANK),
        (Sign::Headings, HEADINGS),
        (Sign::Furniture, FURNITURE),
        (Sign::Front, FRONT),
        (Sign::Form, FORM),
    ];
    for (sign, weight) in weights {
        if indexed.signs.has(sign) {
            factor *= weight;
        }
    }
    factor
}

/// What all files have in common.
struct Collection {
    segments: f64,
    /// Mean words of each field.
    means: [f64; FIELDS],
}

/// An alternative with the weight of each of its words.
struct Weighed<'q> {
    alternative: &'q Alternative,
    /// In the order of its words.
    rarities: Vec<f64>,
}

impl Collection {
    fn of(files: &[&FileIndex]) -> Collection {
        let segments = files.iter().map(|file| file.len()).sum::<usize>().max(1) as f64;
        let mut sums = [0u64; FIELDS];
        for indexed in files.iter().flat_map(|file| &file.segments) {
            for (sum, length) in sums.iter_mut().zip(indexed.lengths) {
                *sum += u64::from(length);
            }
        }
        Collection { segments, means: sums.map(|sum| (sum as f64 / segments).max(f64::MIN_POSITIVE)) }
    }

    fn weigh<'q>(&self, files: &[&FileIndex], group: &'q [Alternative]) -> Vec<Weighed<'q>> {
        let rarity = |term: &String| {
            let holding = files.iter().map(|file| file.postings(term).len()).sum::<usize>() as f64;
            ((self.segments - holding + 0.5) / (holding + 0.5) + 1.0).ln()
        };
        let weighed = |alternative: &'q Alternative| Weighed {
            alternative,
            rarities: alternative.terms.iter().map(rarity).collect(),
        };
        group.iter().map(weighed).collect()
    }
}

/// Sums for the segments of one file; a segment that holds no word of the query is never looked at.
struct Scores {
    totals: Vec<f64>,
    touched: Vec<usize>,
    /// For the group at hand: the best alternative and the sum of all.
    best: Vec<f64>,
    sums: Vec<f64>,
    /// For the alternative at hand: score, and weight of the words that were found.
    score: Vec<f64>,
    found: Vec<f64>,
}

impl Scores {
    fn of(file: &FileIndex) -> Scores {
        let zeros = || vec![0.0; file.len()];
        Scores { totals: zeros(), touched: Vec::new(), best: zeros(), sums: zeros(), score: zeros(), found: zeros() }
    }

    fn add(&mut self, file: &FileIndex, group: &[Weighed<'_>], collection: &Collection) {
        let mut of_group = Vec::new();
        for weighed in group {
            let mut of_alternative = Vec::new();
            let whole: f64 = weighed.rarities.iter().sum();
            for (term, &rarity) in weighed.alternative.terms.iter().zip(&weighed.rarities) {
                for posting in file.postings(term) {
                    let at = posting.segment as usize;
                    let Some(indexed) = file.segments.get(at) else { continue };
                    let (Some(score), Some(found)) = (self.score.get_mut(at), self.found.get_mut(at)) else { continue };
                    if *found == 0.0 {
                        of_alternative.push(at);
                    }
                    let often = weighed_count(&posting.counts, &indexed.lengths, collection);
                    *score += rarity * often * (K1 + 1.0) / (often + K1);
                    *found += rarity;
                }
            }
            for at in of_alternative {
                let (Some(score), Some(found)) = (self.score.get_mut(at), self.found.get_mut(at)) else { continue };
                let (Some(best), Some(sum)) = (self.best.get_mut(at), self.sums.get_mut(at)) else { continue };
                // A part of a name is less than its share of the name.
                let value = weighed.alternative.weight * *score * (*found / whole.max(f64::MIN_POSITIVE));
                (*score, *found) = (0.0, 0.0);
                if *sum == 0.0 {
                    of_group.push(at);
                }
                *best = best.max(value);
                *sum += value;
            }
        }
        for at in of_group {
            let (Some(best), Some(sum)) = (self.best.get_mut(at), self.sums.get_mut(at)) else { continue };
            let Some(total) = self.totals.get_mut(at) else { continue };
            if *total == 0.0 {
                self.touched.push(at);
            }
            *total += *best + FURTHER_NAMES * (*sum - *best);
            (*best, *sum) = (0.0, 0.0);
        }
    }

    fn total(mut self) -> impl Iterator<Item = (usize, f64)> {
        self.touched.sort_unstable();
        let totals = self.totals;
        self.touched.into_iter().filter_map(move |at| Some((at, totals.get(at).copied()?)))
    }
}

/// How often a word stands in a segment, fields weighed and long fields damped.
fn weighed_count(counts: &[u8; FIELDS], lengths: &[u32; FIELDS], collection: &Collection) -> f64 {
    let mut often = 0.0;
    let fields = counts.iter().zip(lengths).zip(&collection.means);
    for ((weight, damping), ((&count, &length), &mean)) in WEIGHTS.into_iter().zip(fields) {
        if count > 0 {
            often += weight * f64::from(count) / (1.0 - damping + damping * f64::from(length) / mean);
        }
    }
    often
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Entry;
    use crate::words::words;

    /// Files of segments that are written as `path | label | body`.
    fn files(files: &[&[&str]]) -> Vec<FileIndex> {
        let terms = |text: &str| words(text).into_iter().map(|w| w.term).collect::<Vec<_>>();
        let entry = |text: &&str| {
            let mut parts = text.split('|');
            let (path, label, body) =
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let all = format!("{label} {body}");
            Entry { fields: [terms(&all), terms(label), terms(path), Vec::new(), Vec::new()], ..Entry::default() }
        };
        files.iter().map(|segments| FileIndex::new(segments.iter().map(entry))).collect()
    }

    fn order(indexes: &[FileIndex], query: &str) -> Vec<(usize, usize)> {
        let files: Vec<&FileIndex> = indexes.iter().collect();
        let hits = rank(&files, &Query::parse(query).expect("a query"), |_, _| true);
        hits.into_iter().map(|hit| (hit.file, hit.segment)).collect()
    }

    #[test]
    fn where_a_thing_is_named_it_counts_more() {
        let indexes = files(&[&[
            "须知||投标人在投标有效期内不得撤销投标文件，否则招标人可以拒绝",
            "须知|投标有效期|九十日",
            "公告||项目概况和其他事项",
        ]]);
        assert_eq!(order(&indexes, "投标有效期"), [(0, 1), (0, 0)]);
    }

    #[test]
    fn a_rare_word_counts_more_in_the_whole_project() {
        let indexes = files(&[&["||投标 水泵", "||投标 保函"], &["||投标", "||投标", "||水泵 流量"]]);
        assert_eq!(order(&indexes, "投标 保函")[0], (0, 1));
        assert_eq!(order(&indexes, "流量 投标")[0], (1, 2));
    }

    #[test]
    fn other_names_find_what_the_query_does_not_say() {
        let indexes = files(&[&["|招标控制价|壹佰万元", "||投标报价说明"]]);
        assert_eq!(order(&indexes, "最高限价")[0], (0, 0));
        assert_eq!(order(&indexes, "ceiling price")[0], (0, 0));
    }

    #[test]
    fn ties_stay_in_the_order_of_the_text() {
        let indexes = files(&[&["||水泵", "||水泵"], &["||水泵"]]);
        assert_eq!(order(&indexes, "水泵"), [(0, 0), (0, 1), (1, 0)]);
        assert_eq!(order(&indexes, "阀门"), []);
        assert_eq!(order(&[], "阀门"), []);
    }

    #[test]
    fn only_what_is_allowed_is_a_hit_and_scores_stay() {
        let indexes = files(&[&["||水泵 流量", "||水泵"], &["||水泵"]]);
        let files: Vec<&FileIndex> = indexes.iter().collect();
        let query = Query::parse("水泵").expect("a query");
        let all = rank(&files, &query, |_, _| true);
        let some = rank(&files, &query, |file, _| file == 1);
        assert_eq!(some, all.into_iter().filter(|hit| hit.file == 1).collect::<Vec<_>>());
    }
}
