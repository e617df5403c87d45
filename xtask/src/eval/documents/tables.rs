//! Table cells against the truth, beside other readers of tables.
//!
//! A table that was found belongs to the true table with which it shares most cells; what shares hardly any, such as
//! the words of a heading with a table of the same page that nobody checked, is not counted. A cell is right when its words are. None of the others joins tables over pages: their cells are held
//! against the parts of each page, and rows that repeat the heading are not held against them. Neighbours are pairs
//! of cells right of and below each other, on tables that stand on one page.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use bidlens_domain::document::{Block, BlockKind, Document, Table as OwnTable};

use super::peers::Seen;
use super::truth::{Table, fingerprint};
use super::{normal, share};

/// A table that shares less than one in so many of its cells with a true one is another.
const SHARED_MIN: usize = 10;

const OURS: &str = "Bidlens (joined over pages)";

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Count {
    fn add(&mut self, other: Count) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }

    fn of(have: &[String], want: &[String], free: usize) -> Count {
        let mut left: HashMap<&str, usize> = HashMap::new();
        for item in want {
            *left.entry(item).or_default() += 1;
        }
        let mut count = Count::default();
        for item in have {
            match left.get_mut(item.as_str()) {
                Some(n) if *n > 0 => {
                    *n -= 1;
                    count.right += 1;
                }
                _ => count.wrong += 1,
            }
        }
        count.wrong = count.wrong.saturating_sub(free);
        count.missed = want.len() - count.right;
        count
    }

    fn f1(&self) -> f64 {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

/// Cells and neighbours of one reader.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    cells: Count,
    neighbours: Count,
    /// Tables of which every cell is right.
    whole: usize,
}

#[derive(Debug, Default)]
pub(super) struct Scores {
    tables: usize,
    by_reader: BTreeMap<String, Score>,
}

impl Scores {
    pub(super) fn add(&mut self, other: &Scores) {
        self.tables += other.tables;
        for (reader, score) in &other.by_reader {
            let own = self.by_reader.entry(reader.clone()).or_default();
            own.cells.add(score.cells);
            own.neighbours.add(score.neighbours);
            own.whole += score.whole;
        }
    }
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = format!("cells of {} tables checked by eye", self.tables);
        write!(f, "{title:52} precision   recall       F1   whole tables   neighbours F1")?;
        for (reader, Score { cells, neighbours, whole }) in &self.by_reader {
            let precision = share(cells.right, cells.right + cells.wrong);
            let recall = share(cells.right, cells.right + cells.missed);
            write!(f, "\n{reader:52} {precision:>9.3} {recall:>8.3} {:>8.3}", cells.f1())?;
            write!(f, " {:>14} {:>15.3}", format!("{whole}/{}", self.tables), neighbours.f1())?;
        }
        Ok(())
    }
}

/// A table as some reader gives it: cells with words, at their upper left corner.
#[derive(Debug)]
struct Found {
    pages: (u32, u32),
    cells: Vec<(u32, u32, String, String)>,
}

impl Found {
    fn hashes(&self) -> Vec<String> {
        self.cells.iter().map(|(_, _, hash, _)| hash.clone()).collect()
    }
}

pub(super) fn score(document: &Document, seen: &Seen, truth: &[&Table], mut miss: impl FnMut(String)) -> Scores {
    let mut scores = Scores { tables: truth.len(), by_reader: BTreeMap::new() };
    if truth.is_empty() {
        return scores;
    }
    let mut own = Vec::new();
    for block in &document.blocks {
        if let BlockKind::Table(table) = &block.kind {
            push_own(&document.sha256, block, table, &mut own);
        }
    }
    scores.by_reader.insert(OURS.to_owned(), score_reader(own, truth, false, &mut miss));
    for (reader, tables) in &seen.tables {
        let found = tables.iter().map(|table| {
            let mut cells = Vec::new();
            for (row, columns) in (0..).zip(&table.1) {
                for (column, words) in (0..).zip(columns) {
                    let words = words.as_deref().unwrap_or_default();
                    if !normal(words).is_empty() {
                        cells.push((row, column, fingerprint(&document.sha256, words), words.to_owned()));
                    }
                }
            }
            Found { pages: (table.0, table.0), cells }
        });
        let score = score_reader(found.collect(), truth, true, &mut |_| {});
        scores.by_reader.insert(format!("{reader} (page by page)"), score);
    }
    scores
}

fn push_own(document: &str, block: &Block, table: &OwnTable, found: &mut Vec<Found>) {
    let mut cells = Vec::new();
    let mut pages: Vec<u32> = Vec::new();
    for cell in &table.cells {
        let words = cell.range.slice(&block.text);
        if !normal(words).is_empty() {
            pages.extend(block.lines.iter().filter(|l| l.range.overlaps(cell.range)).map(|l| l.page));
            cells.push((cell.row, cell.column, fingerprint(document, words), words.to_owned()));
        }
        for nested in &cell.nested {
            push_own(document, block, nested, found);
        }
    }
    let (first, last) = (pages.iter().min().copied().unwrap_or(0), pages.iter().max().copied().unwrap_or(0));
    found.push(Found { pages: (first, last), cells });
}

fn score_reader(found: Vec<Found>, truth: &[&Table], by_page: bool, miss: &mut impl FnMut(String)) -> Score {
    let wanted: Vec<Vec<String>> = truth
        .iter()
        .map(|table| {
            let cells = table.cells.iter().filter(|c| !c.free);
            cells
                .flat_map(|c| if by_page && !c.parts.is_empty() { c.parts.clone() } else { vec![c.words.clone()] })
                .collect()
        })
        .collect();
    let mut assigned: Vec<Vec<Found>> = truth.iter().map(|_| Vec::new()).collect();
    for table in found {
        let hashes = table.hashes();
        let shared = |at: usize| {
            let near = truth.get(at).is_some_and(|t| t.pages.0 <= table.pages.1 && table.pages.0 <= t.pages.1);
            if near { wanted.get(at).map_or(0, |want| Count::of(&hashes, want, 0).right) } else { 0 }
        };
        // Of equal tables, such as two copies of a form, each gets its own.
        let taken = |at: usize| assigned.get(at).map_or(0, Vec::len);
        let best =
            (0..truth.len()).max_by_key(|at| (shared(*at), std::cmp::Reverse(taken(*at)), std::cmp::Reverse(*at)));
        if let Some(best) = best.filter(|best| shared(*best) > 0 && shared(*best) * SHARED_MIN >= hashes.len())
            && let Some(own) = assigned.get_mut(best)
        {
            own.push(table);
        }
    }
    let mut score = Score::default();
    for ((table, want), mut own) in truth.iter().zip(&wanted).zip(assigned) {
        if by_page {
            drop_repeated_headings(&mut own);
        }
        let have: Vec<String> = own.iter().flat_map(Found::hashes).collect();
        let free = table.cells.iter().filter(|c| c.free).count();
        let count = Count::of(&have, want, free);
        score.cells.add(count);
        score.whole += usize::from(count.wrong + count.missed == 0);
        if count.wrong + count.missed > 0 {
            miss(describe(table, &own, count));
        }
        if table.pages.0 == table.pages.1 {
            let true_cells = table.cells.iter().filter(|c| !c.free).map(|c| (c.at.0, c.at.1, c.words.as_str()));
            let have: Vec<String> = own
                .iter()
                .flat_map(|t| neighbours(t.cells.iter().map(|(r, c, hash, _)| (*r, *c, hash.as_str()))))
                .collect();
            score.neighbours.add(Count::of(&have, &neighbours(true_cells), 4 * free));
        }
    }
    score
}

/// Leading rows of a later part that the first part begins with too.
fn drop_repeated_headings(parts: &mut [Found]) {
    parts.sort_by_key(|p| p.pages);
    let row = |part: &Found, row: u32| -> Vec<String> {
        part.cells.iter().filter(|c| c.0 == row).map(|c| c.2.clone()).collect()
    };
    let Some((first, later)) = parts.split_first_mut() else { return };
    for part in later.iter_mut().filter(|p| p.pages != first.pages) {
        let repeated = (0..8).take_while(|r| !row(part, *r).is_empty() && row(part, *r) == row(first, *r)).count();
        part.cells.retain(|c| c.0 as usize >= repeated);
    }
}

/// Pairs of cells that stand beside each other or one below the other, empty ones passed over.
fn neighbours<'c>(cells: impl Iterator<Item = (u32, u32, &'c str)>) -> Vec<String> {
    let mut cells: Vec<(u32, u32, &str)> = cells.collect();
    let mut pairs = Vec::new();
    cells.sort_unstable();
    for pair in cells.windows(2) {
        if let [(row, _, left), (same, _, right)] = pair
            && row == same
        {
            pairs.push(format!("{left} beside {right}"));
        }
    }
    cells.sort_unstable_by_key(|(row, column, _)| (*column, *row));
    for pair in cells.windows(2) {
        if let [(_, column, above), (_, same, below)] = pair
            && column == same
        {
            pairs.push(format!("{above} above {below}"));
        }
    }
    pairs
}

fn describe(table: &Table, own: &[Found], count: Count) -> String {
    let known = |hash: &str| table.cells.iter().any(|c| c.words == hash || c.free);
    let wrong: Vec<String> = own
        .iter()
        .flat_map(|t| &t.cells)
        .filter(|(_, _, hash, _)| !known(hash))
        .map(|(row, column, _, words)| format!("({row},{column}) {}", words.chars().take(60).collect::<String>()))
        .collect();
    let have: Vec<&String> = own.iter().flat_map(|t| t.cells.iter().map(|c| &c.2)).collect();
    let missed = table.cells.iter().filter(|c| !c.free && !have.contains(&&c.words));
    let missed: Vec<String> = missed.map(|c| format!("{:?}", c.at)).collect();
    format!(
        "table on pages {}–{}: {} right, {} wrong, {} missed; wrong: {}; missed: {}",
        table.pages.0,
        table.pages.1,
        count.right,
        count.wrong,
        count.missed,
        wrong.join(" · "),
        missed.join(" ")
    )
}
