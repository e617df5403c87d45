//! Characters and their order against what two of three other readers agree on.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use bidlens_domain::document::{BlockKind, Document};

use super::peers::Seen;
use super::{normal, share};

pub(super) const HEAD: &str = "text against poppler, PDFium, MuPDF                     characters of consensus   invented   lines in order (text)   (in tables)";

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Score {
    agreed: usize,
    read: usize,
    invented: usize,
    text: Order,
    tables: Order,
}

/// Pairs of lines that others agree on.
#[derive(Debug, Default, Clone, Copy)]
struct Order {
    pairs: usize,
    right: usize,
}

impl Order {
    fn add(&mut self, other: Order) {
        self.pairs += other.pairs;
        self.right += other.right;
    }
}

impl Score {
    pub(super) fn add(&mut self, other: &Score) {
        self.agreed += other.agreed;
        self.read += other.read;
        self.invented += other.invented;
        self.text.add(other.text);
        self.tables.add(other.tables);
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Score { agreed, read, invented, text, tables } = *self;
        write!(
            f,
            "{:>8.3} % {read:>7}/{agreed:<7} {invented:>7} {:>9.3} % {:>5}/{:<6} {:>8.3} % {}/{}",
            100.0 * share(read, agreed),
            100.0 * share(text.right, text.pairs),
            text.right,
            text.pairs,
            100.0 * share(tables.right, tables.pairs),
            tables.right,
            tables.pairs
        )
    }
}

/// Signs that fonts of pictures hold at private-use code points, which other readers leave as such.
fn is_picture(c: char) -> bool {
    matches!(
        c,
        '□' | '■'
            | '☑'
            | '☒'
            | '√'
            | '✓'
            | '✗'
            | '●'
            | '◆'
            | '❖'
            | '▪'
            | '★'
            | '▲'
            | '▼'
            | '➢'
            | '→'
            | '•'
    )
}

fn is_private(c: char) -> bool {
    matches!(u32::from(c), 0xE000..=0xF8FF)
}

/// Our words of one page, in reading order; headers and footers apart.
#[derive(Default, Clone)]
struct OwnPage {
    body: String,
    /// What of the body stands outside tables, and inside.
    text: String,
    tables: String,
    furniture: Vec<String>,
}

impl OwnPage {
    /// Whether more of a line's words stand in our tables than outside.
    fn in_table(&self, line: &str) -> bool {
        let characters: Vec<char> = line.chars().collect();
        let count = |place: &str| {
            let runs = characters.windows(3.min(characters.len().max(1)));
            runs.filter(|run| place.contains(&run.iter().collect::<String>())).count()
        };
        count(&self.tables) > count(&self.text)
    }
}

fn own_pages(document: &Document) -> Vec<OwnPage> {
    let mut pages = vec![OwnPage::default(); document.pages.len()];
    for block in &document.blocks {
        let furniture = matches!(block.kind, BlockKind::Header | BlockKind::Footer | BlockKind::TextBox);
        for line in &block.lines {
            let Some(page) = pages.get_mut((line.page as usize).wrapping_sub(1)) else { continue };
            let words = normal(line.range.slice(&block.text));
            match (furniture, words.is_empty()) {
                (true, false) => page.furniture.push(words),
                (true, true) => {}
                (false, _) => {
                    page.body.push_str(&words);
                    let table = matches!(block.kind, BlockKind::Table(_));
                    let part = if table { &mut page.tables } else { &mut page.text };
                    part.push_str(&words);
                }
            }
        }
    }
    pages
}

fn bag(text: impl Iterator<Item = char>) -> HashMap<char, usize> {
    let mut bag = HashMap::new();
    for c in text {
        *bag.entry(c).or_default() += 1;
    }
    bag
}

pub(super) fn score(document: &Document, seen: &Seen, mut miss: impl FnMut(String)) -> Score {
    let mut score = Score::default();
    for (at, own) in own_pages(document).iter().enumerate() {
        let number = at + 1;
        let engines: Vec<Vec<String>> = seen
            .text
            .values()
            .map(|pages| {
                let lines = pages.get(at).map(Vec::as_slice).unwrap_or_default();
                lines.iter().map(|line| normal(line)).filter(|line| !line.is_empty()).collect()
            })
            .collect();
        characters(own, &engines, &mut score, |what| miss(format!("p{number} {what}")));
        order(own, &engines, &mut score, |what| miss(format!("p{number} {what}")));
    }
    score
}

fn characters(own: &OwnPage, engines: &[Vec<String>], score: &mut Score, mut miss: impl FnMut(String)) {
    let ours = bag(own.body.chars().chain(own.furniture.iter().flat_map(|f| f.chars())));
    let theirs: Vec<HashMap<char, usize>> =
        engines.iter().map(|lines| bag(lines.iter().flat_map(|l| l.chars()))).collect();
    let counts = |c: char| {
        let mut counts: Vec<usize> = theirs.iter().map(|bag| bag.get(&c).copied().unwrap_or(0)).collect();
        counts.sort_unstable();
        counts
    };
    let every: BTreeSet<char> = theirs.iter().flat_map(|bag| bag.keys().copied()).chain(ours.keys().copied()).collect();
    let (mut lost, mut extra) = (BTreeMap::new(), BTreeMap::new());
    let (mut private, mut private_most, mut pictures) = (0, 0, 0);
    for c in every {
        let counts = counts(c);
        // What two of three have is the middle one; what none has is invented.
        let agreed = counts.get(counts.len() / 2).copied().unwrap_or(0);
        let most = counts.last().copied().unwrap_or(0);
        let have = ours.get(&c).copied().unwrap_or(0);
        if is_private(c) {
            private += agreed;
            private_most += most;
            continue;
        }
        score.agreed += agreed;
        score.read += have.min(agreed);
        if have < agreed {
            lost.insert(c, agreed - have);
        }
        if have > most && is_picture(c) {
            pictures += have - most;
        } else if have > most {
            extra.insert(c, have - most);
        }
    }
    // A picture we name stands where the others have a private-use character.
    score.agreed += private;
    score.read += pictures.min(private);
    score.invented += extra.values().sum::<usize>() + pictures.saturating_sub(private_most);
    if !lost.is_empty() || !extra.is_empty() || pictures != private {
        miss(format!("characters lost {lost:?}, invented {extra:?}, pictures {pictures} of {private}"));
    }
}

/// Two lines that follow each other for two readers must follow each other for us.
fn order(own: &OwnPage, engines: &[Vec<String>], score: &mut Score, mut miss: impl FnMut(String)) {
    let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for lines in engines {
        let own_pairs: BTreeSet<(&str, &str)> = lines
            .windows(2)
            .filter_map(|pair| match pair {
                [a, b] => Some((a.as_str(), b.as_str())),
                _ => None,
            })
            .collect();
        for pair in own_pairs {
            *pairs.entry(pair).or_default() += 1;
        }
    }
    let furniture = |line: &str| own.furniture.iter().any(|f| f.contains(line) || line.contains(f.as_str()));
    for ((a, b), _) in pairs.into_iter().filter(|(_, engines)| *engines >= 2) {
        let private = a.chars().chain(b.chars()).any(is_private);
        if private || furniture(a) || furniture(b) {
            continue;
        }
        // Others read a table line by line over its cells; which is right, only its cells can tell.
        let order = if own.in_table(a) || own.in_table(b) { &mut score.tables } else { &mut score.text };
        order.pairs += 1;
        if own.body.contains(&format!("{a}{b}")) {
            order.right += 1;
        } else {
            miss(format!("not in order: {a} | {b}"));
        }
    }
}
