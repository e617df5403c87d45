//! Where a bid answers a clause of the tender: the row of a response table, a sentence, or a declaration for all.
//!
//! Words are compared, not meanings: an answer is found by the clause's own words or by its number in the row.
//! Start at [`Answers::find`].

use std::collections::HashMap;
use std::sync::LazyLock;

use bidlens_domain::evidence::Evidence;
use bidlens_domain::fold::folded;
use regex::Regex;

use crate::bid::{Bid, Sentence};

static DECLARATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)除.{0,24}外.{0,30}(?:其余|其他|均|全部|完全).{0,30}(?:符合|满足|响应|无偏离|一致|接受)|(?:完全|全部|均|逐条|逐项)(?:响应|满足|符合|接受|同意|理解并接受).{0,16}(?:招标|采购|磋商|谈判|询价)文件.{0,24}(?:要求|条款|内容|规定)|(?:招标|采购|磋商|谈判|询价)文件.{0,30}(?:均|全部|完全)(?:响应|满足|符合|接受|无偏离)|(?:均|全部)(?:无(?:负)?偏离|为无偏离)|comply (?:fully )?with all|no deviations? from") .ok()
});

/// How a clause is answered.
pub(crate) struct Answer {
    /// The words of the answer alone.
    pub(crate) text: String,
    pub(crate) evidence: Vec<Evidence>,
    /// All cells of the row, or the sentence.
    pub(crate) whole: String,
    /// The demand that its row repeats, where a column holds demands.
    pub(crate) asked: Option<String>,
    /// Share of the clause's words it holds.
    pub(crate) share: f64,
}

struct Row {
    bare: String,
    units: Vec<usize>,
    answer: Option<usize>,
}

/// The rows and sentences of a bid, ready to be asked for many clauses.
pub(crate) struct Answers<'b, 'a> {
    bid: &'b Bid<'a>,
    rows: Vec<Row>,
    sentences: Vec<(String, &'b Sentence)>,
    /// For each run of three letters, the rows (even) and sentences (odd) that hold it.
    index: HashMap<[char; 3], Vec<u32>>,
}

const WORD: usize = 3;

impl<'b, 'a> Answers<'b, 'a> {
    pub(crate) fn new(bid: &'b Bid<'a>) -> Answers<'b, 'a> {
        let mut rows = Vec::new();
        for (grid, table) in bid.reading.grids.iter().enumerate() {
            let sides = bid.sides(grid);
            for (number, units) in table.rows.iter().enumerate() {
                let header = sides.is_some_and(|s| number <= s.header_row as usize);
                if header || units.len() < 2 || units.first().is_some_and(|&u| bid.is_aside(u)) {
                    continue;
                }
                let column = |u: &usize| bid.reading.units.get(*u).and_then(|u| u.cell).map(|c| c.column);
                let answer = match sides {
                    Some(sides) => units.iter().copied().find(|u| column(u) == Some(sides.answer)),
                    None => None,
                };
                let bare = units.iter().filter_map(|&u| bid.reading.units.get(u)).map(|u| bare(&u.text)).collect();
                rows.push(Row { bare, units: units.clone(), answer });
            }
        }
        let own = bid.sentences.iter().filter(|s| bid.is_own(s.unit));
        let sentences: Vec<(String, &Sentence)> = own.map(|s| (bare(bid.text(s)), s)).collect();
        let mut index: HashMap<[char; 3], Vec<u32>> = HashMap::new();
        let texts = rows.iter().enumerate().map(|(i, r)| (i * 2, &r.bare));
        let texts = texts.chain(sentences.iter().enumerate().map(|(i, (t, _))| (i * 2 + 1, t)));
        for (id, text) in texts {
            let id = u32::try_from(id).unwrap_or(u32::MAX);
            let characters: Vec<char> = text.chars().collect();
            for window in characters.windows(WORD) {
                if let [a, b, c] = window {
                    let places = index.entry([*a, *b, *c]).or_default();
                    if places.last() != Some(&id) {
                        places.push(id);
                    }
                }
            }
        }
        Answers { bid, rows, sentences, index }
    }

    /// The place that answers a clause best.
    pub(crate) fn find(&self, clause: &str) -> Option<Answer> {
        // A file's own letters may be others than those that are compared: ⻋ for 车.
        let clause = &folded(clause);
        let terms = terms(clause);
        if terms.is_empty() {
            return None;
        }
        let mut hits: HashMap<u32, usize> = HashMap::new();
        for term in &terms {
            let characters: Vec<char> = term.chars().collect();
            let Some(&[a, b, c]) = characters.get(..WORD).and_then(|c| <&[char; 3]>::try_from(c).ok()) else {
                continue;
            };
            for &place in self.index.get(&[a, b, c]).into_iter().flatten() {
                *hits.entry(place).or_default() += 1;
            }
        }
        let number = clause_number(clause);
        let share = |n: usize| n as f64 / terms.len() as f64;
        let mut best: Option<(f64, u32)> = None;
        for (&place, &n) in &hits {
            let cited = place % 2 == 0
                && number
                    .as_ref()
                    .is_some_and(|number| self.rows.get(place as usize / 2).is_some_and(|row| self.cites(row, number)));
            // A row that cites the clause needs only some of its words; a row beats a sentence that says as much.
            let score = share(n) + if cited { 0.6 } else { 0.0 } + if place % 2 == 0 { 0.001 } else { 0.0 };
            if best.is_none_or(|(most, at)| score > most || score == most && place < at) {
                best = Some((score, place));
            }
        }
        let (score, place) = best?;
        if place % 2 == 1 {
            let (_, sentence) = self.sentences.get(place as usize / 2)?;
            let text = self.bid.text(sentence).to_owned();
            let evidence = self.bid.evidence(sentence);
            return Some(Answer { whole: text.clone(), text, evidence, asked: None, share: score });
        }
        let row = self.rows.get(place as usize / 2)?;
        let said = |u: usize| self.bid.reading.units.get(u).map_or("", |u| u.text.as_str());
        // Without a column of answers, the longest cell behind the first is what the bidder wrote.
        let longest = || {
            let own = row
                .units
                .iter()
                .copied()
                .skip(1)
                .filter(|&u| self.bid.is_own(u) && !super::is_reference(self.bid.column_heading(u)));
            own.max_by_key(|&u| said(u).chars().count())
        };
        let unit = row.answer.or_else(longest)?;
        let whole = row.units.iter().map(|&u| said(u)).collect::<Vec<_>>().join(" ");
        let mut evidence = self.bid.unit_evidence(unit);
        let lead = row.units.iter().copied().find(|&u| u != unit && bare(said(u)).chars().count() >= 4);
        evidence.extend(lead.into_iter().flat_map(|u| self.bid.unit_evidence(u)));
        let asked = row.units.iter().copied().find(|&u| self.bid.is_demand(u)).map(|u| said(u).to_owned());
        Some(Answer { text: said(unit).to_owned(), whole, evidence, asked, share: score })
    }

    /// Whether the first cells of a row name the clause: its mark, and its number at the end.
    fn cites(&self, row: &Row, (mark, number): &(char, String)) -> bool {
        row.units.iter().take(3).filter_map(|&u| self.bid.reading.units.get(u)).any(|cell| {
            let text = &cell.text;
            let mut numbers = text.split(|c: char| !c.is_ascii_digit() && c != '.');
            text.contains(*mark) && text.chars().count() <= 24 && numbers.any(|n| n.trim_matches('.') == number)
        })
    }

    /// The sentence that declares conformity with everything not listed.
    pub(crate) fn declaration(&self) -> Option<&'b Sentence> {
        let pattern = DECLARATION.as_ref()?;
        let declares = |s: &&Sentence| {
            let text = self.bid.text(s);
            text.chars().count() <= 160 && !text.contains("__") && pattern.is_match(text)
        };
        // A sentence about deviations says it of the clauses; the letter says it of everything.
        let all = || self.sentences.iter().map(|(_, s)| *s).filter(declares);
        all().find(|s| self.bid.text(s).starts_with('除') || self.bid.text(s).contains("偏离")).or_else(|| all().next())
    }
}

/// The mark and the number of a clause: `■17)厂家…`.
fn clause_number(clause: &str) -> Option<(char, String)> {
    let mut characters = clause.trim_start().chars();
    let mark = characters.next().filter(|c| "★■█▲※☆△".contains(*c))?;
    let rest: String = characters.filter(|c| !c.is_whitespace()).take(10).collect();
    let number: String = rest.trim_start_matches('(').chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let number = number.trim_matches('.').to_owned();
    (!number.is_empty()).then_some((mark, number))
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// English words that every clause has.
const ENGLISH_COMMON: [&str; 34] = [
    "at", "least", "not", "less", "more", "than", "of", "the", "and", "or", "for", "to", "with", "shall", "must", "be",
    "each", "per", "minimum", "maximum", "required", "in", "on", "is", "within", "day", "days", "hours", "minutes",
    "weeks", "months", "will", "have", "any",
];

/// Runs of three Chinese characters and whole words, without those every clause has.
pub(crate) fn terms(clause: &str) -> Vec<String> {
    const COMMON: [&str; 31] = [
        "必须",
        "提供",
        "证明",
        "材料",
        "相关",
        "要求",
        "需要",
        "应当",
        "采用",
        "具有",
        "不得",
        "以上",
        "以及",
        "并且",
        "进行",
        "可以",
        "投标人",
        "中标人",
        "采购人",
        "供应商",
        "且需",
        "招标",
        "不少",
        "不低",
        "不小",
        "不超",
        "不大",
        "不高",
        "少于",
        "低于",
        "超过",
    ];
    let mut terms = Vec::new();
    for run in clause.split(|c: char| !c.is_alphanumeric()) {
        let characters: Vec<char> = run.chars().collect();
        if run.is_ascii() {
            let common = ENGLISH_COMMON.contains(&run.to_lowercase().as_str());
            if characters.len() >= 2 && run.chars().any(char::is_alphabetic) && !common {
                terms.push(run.to_owned());
            }
            continue;
        }
        for window in characters.windows(3) {
            let term: String = window.iter().collect();
            if window.iter().all(|c| bidlens_domain::fold::is_cjk(*c)) && !COMMON.iter().any(|w| term.contains(w)) {
                terms.push(term);
            }
        }
    }
    terms.sort();
    terms.dedup();
    terms
}
