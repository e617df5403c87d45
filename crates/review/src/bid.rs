//! One bid as its checks read it: sentences with their place, the whole text for searches, prices, names.
//!
//! Everything here comes from that bidder's own files. Start at [`Bid::new`].

pub(crate) mod answers;
pub(crate) mod names;
pub(crate) mod prices;

use std::ops::Range;
use std::sync::OnceLock;

use bidlens_domain::document::Document;
use bidlens_domain::evidence::Evidence;

use crate::bid::prices::{ItemTable, PriceMention};
use crate::reading::{Reading, bracket_end};

/// A sentence, a clause or a table cell of a bid, folded.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    pub(crate) unit: usize,
    pub(crate) range: Range<usize>,
}

#[derive(Debug)]
pub(crate) struct Bid<'a> {
    pub(crate) name: String,
    pub(crate) reading: Reading<'a>,
    pub(crate) sentences: Vec<Sentence>,
    /// All folded text without white space, to prove that something is absent.
    pub(crate) bare: String,
    /// Whether every page could be read: only then does absence prove anything.
    pub(crate) readable: bool,
    /// Whether every page was read, its pictures by a recognition that was sure of them: what says itself in many words is
    /// then known to be absent.
    pub(crate) surely_read: bool,
    /// For each table, the columns that set a demand and its answer side by side.
    sides: Vec<Option<Sides>>,
    /// For each unit, whether it tells of something else than this bid.
    aside: Vec<bool>,
    /// Read when the first check asks; several do.
    mentions: OnceLock<Vec<PriceMention>>,
    item_tables: OnceLock<Vec<ItemTable>>,
}

/// The columns of a table of deviations or responses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sides {
    pub(crate) header_row: u32,
    pub(crate) demand: u32,
    pub(crate) answer: u32,
}

impl<'a> Bid<'a> {
    pub(crate) fn new(name: &str, documents: &'a [Document]) -> Bid<'a> {
        let reading = Reading::new(documents);
        let mut sentences = Vec::new();
        let mut bare = String::new();
        for (unit, one) in reading.units.iter().enumerate() {
            sentences.extend(cut(&one.text).map(|range| Sentence { unit, range }));
            bare.extend(one.text.chars().filter(|c| !c.is_whitespace()));
            bare.push('\n');
        }
        let readable = documents.iter().all(Document::has_all_words);
        let surely_read = documents.iter().all(Document::is_surely_read);
        let sides = reading.grids.iter().map(|grid| sides(&reading, &grid.rows)).collect();
        let aside = asides(&reading);
        Bid {
            name: name.to_owned(),
            reading,
            sentences,
            bare,
            readable,
            surely_read,
            sides,
            aside,
            mentions: OnceLock::new(),
            item_tables: OnceLock::new(),
        }
    }

    /// Whether a text tells of other contracts or speaks for somebody else: references, copies of earlier
    /// contracts, guarantees, letters of makers and users. Nothing in it is this bid's promise.
    pub(crate) fn is_aside(&self, unit: usize) -> bool {
        self.aside.get(unit).copied().unwrap_or_default()
    }

    /// Whether a text is the bidder's own word on this tender: no demand repeated, nothing told of others.
    pub(crate) fn is_own(&self, unit: usize) -> bool {
        !self.is_aside(unit) && !self.is_demand(unit)
    }

    /// Whether a text stands where the bid binds the bidder: the opening schedule, the letter, or the cover.
    pub(crate) fn is_binding(&self, unit: usize) -> bool {
        const BINDING: [&str; 16] = [
            "开标一览表",
            "报价一览表",
            "报价总表",
            "报价表",
            "投标函",
            "报价函",
            "响应函",
            "磋商函",
            "谈判函",
            "开标",
            "投标书",
            "bid form",
            "bid letter",
            "letter of bid",
            "form of tender",
            "tender form",
        ];
        let headings = self.reading.headings(unit);
        headings.iter().any(|h| BINDING.iter().any(|b| h.contains(b)))
    }

    /// The columns of demand and answer of a table, when it has both.
    pub(crate) fn sides(&self, grid: usize) -> Option<Sides> {
        self.sides.get(grid).copied().flatten()
    }

    /// Whether a cell repeats the tender's demand: its words are no promise of the bidder.
    pub(crate) fn is_demand(&self, unit: usize) -> bool {
        let Some(place) = self.reading.units.get(unit).and_then(|u| u.cell) else { return false };
        match self.sides(place.grid) {
            Some(sides) => place.column == sides.demand,
            None => demands(self.column_heading(unit)),
        }
    }

    /// What names a cell: every label left of it in its row, and the heading of its column.
    pub(crate) fn label(&self, unit: usize) -> String {
        let Some(place) = self.reading.units.get(unit).and_then(|u| u.cell) else { return String::new() };
        let row = self.reading.grids.get(place.grid).and_then(|g| g.rows.get(place.row as usize));
        let left =
            row.into_iter().flatten().filter_map(|&u| self.reading.units.get(u)).take_while(|u| u.cell != Some(place));
        let short = |t: &str| t.chars().count() <= 24;
        let mut label = String::new();
        for cell in left.filter(|u| short(&u.text) && u.text.chars().any(char::is_alphabetic)) {
            label.push_str(&cell.text);
            label.push(' ');
        }
        let heading = self.column_heading(unit);
        if short(heading) {
            label.push_str(heading);
        }
        label
    }

    /// The cells of the row that holds `unit`, left to right.
    pub(crate) fn row(&self, unit: usize) -> &[usize] {
        let place = self.reading.units.get(unit).and_then(|u| u.cell);
        let rows = place.and_then(|p| self.reading.grids.get(p.grid)?.rows.get(p.row as usize));
        rows.map_or(&[], Vec::as_slice)
    }

    pub(crate) fn text(&self, sentence: &Sentence) -> &str {
        self.reading.text(sentence.unit, &sentence.range)
    }

    pub(crate) fn evidence(&self, sentence: &Sentence) -> Vec<Evidence> {
        self.reading.evidence(sentence.unit, &sentence.range).into_iter().collect()
    }

    /// What titles a sentence where no section does: a short line right above it, in its paragraph or before it.
    pub(crate) fn line_above(&self, sentence: &Sentence) -> &str {
        const TITLE_MAX: usize = 48;
        let own = self.reading.unit(sentence.unit).map_or("", |u| u.text.as_str());
        let before = own.get(..sentence.range.start).unwrap_or_default();
        let title = match before.trim_end().rsplit('\n').next().unwrap_or_default() {
            "" => sentence
                .unit
                .checked_sub(1)
                .and_then(|u| self.reading.unit(u))
                .filter(|u| u.cell.is_none())
                .map_or("", |u| u.text.trim_end().rsplit('\n').next().unwrap_or_default()),
            line => line,
        };
        let is_title = title.chars().count() <= TITLE_MAX && !title.ends_with(['.', ';', ',', '。', '；', '，']);
        if is_title { title } else { "" }
    }

    /// The whole paragraph or cell as evidence.
    pub(crate) fn unit_evidence(&self, unit: usize) -> Vec<Evidence> {
        let length = self.reading.units.get(unit).map_or(0, |u| u.text.len());
        self.reading.evidence(unit, &(0..length)).into_iter().collect()
    }

    /// A cell as evidence, with the words of its row that say what it is about.
    pub(crate) fn row_evidence(&self, unit: usize) -> Vec<Evidence> {
        const CELLS_MAX: usize = 3;
        let named = |u: &usize| {
            let words = self.reading.unit(*u).map_or("", |u| u.text.as_str());
            words.chars().filter(|c| bidlens_domain::fold::is_han(*c) || c.is_ascii_alphabetic()).count()
        };
        let mut others: Vec<usize> =
            self.row(unit).iter().copied().filter(|&u| u != unit).filter(|u| named(u) >= 4).collect();
        others.sort_by_key(|u| std::cmp::Reverse(named(u)));
        let mut evidence = self.unit_evidence(unit);
        evidence.extend(others.into_iter().take(CELLS_MAX).flat_map(|u| self.unit_evidence(u)));
        evidence
    }

    /// The column heading over a cell, or nothing.
    pub(crate) fn column_heading(&self, unit: usize) -> &str {
        column_heading(&self.reading, unit)
    }
}

/// Whether a heading names what the tender asks for.
fn demands(heading: &str) -> bool {
    let asks = ["招标", "采购", "磋商", "谈判", "询价", "询比", "比选"].iter().any(|w| heading.contains(w))
        && ["要求", "参数", "规格", "需求", "条款", "内容", "指标", "技术", "商务", "规定"]
            .iter()
            .any(|w| heading.contains(w))
        && !["响应", "投标参数", "投标规格", "应答", "承诺"].iter().any(|w| heading.contains(w));
    let bare = ["技术要求", "商务要求", "参数要求", "指标要求", "规格要求", "要求", "requirement", "requirements"]
        .contains(&heading.trim().to_lowercase().as_str());
    let lower = heading.to_lowercase();
    let english = ["required", "requirement", "requested", "tender specification"].iter().any(|w| lower.contains(w))
        && !["offered", "proposed", "response", "compl"].iter().any(|w| lower.contains(w));
    (asks || bare || english) && !is_reference(heading)
}

/// Whether a heading names what the bidder offers.
fn answers(heading: &str) -> bool {
    let lower = heading.trim().to_lowercase();
    let offers = ["投标", "响应", "应答", "承诺", "实际", "所投", "满足情况", "我公司", "我方", "供应商"]
        .iter()
        .any(|w| lower.contains(w))
        || ["response", "offered", "proposed", "compliance", "our product", "our offer", "our figure", "supplied"]
            .iter()
            .any(|w| lower.contains(w));
    let yes_or_no = ["是否", "偏离", "差异", "y/n", "yes/no"].iter().any(|w| lower.contains(w));
    offers && !yes_or_no && !is_reference(heading) && !demands(heading)
}

/// A column of numbers of clauses, pages or remarks.
fn is_reference(heading: &str) -> bool {
    ["条款号", "条目号", "编号", "序号", "页码", "章节", "名称", "位置", "索引", "证明", "备注"]
        .iter()
        .any(|w| heading.contains(w))
}

fn sides(reading: &Reading<'_>, rows: &[Vec<usize>]) -> Option<Sides> {
    rows.iter().take(3).enumerate().find_map(|(index, row)| {
        let cells = || row.iter().filter_map(|&u| reading.units.get(u));
        let column = |wanted: &dyn Fn(&str) -> bool| {
            cells().find(|u| u.text.chars().count() <= 24 && wanted(&u.text)).and_then(|u| u.cell).map(|c| c.column)
        };
        let answer = column(&answers)?;
        // Beside a column of answers, whatever else is called a demand is one: 技术参数要求, 服务指标.
        const ASKED: [&str; 9] =
            ["要求", "需求", "指标", "约定内容", "specification", "parameter", "criteri", "minimum", "service level"];
        let asked = |t: &str| {
            ASKED.iter().any(|w| t.to_lowercase().contains(w)) && !t.contains("偏离") && !answers(t) && !is_reference(t)
        };
        let demand = column(&demands).or_else(|| column(&asked))?;
        (demand != answer).then(|| Sides { header_row: u32::try_from(index).unwrap_or(0), demand, answer })
    })
}

/// Headings under which a bid tells of others than itself.
const ASIDE: [&str; 31] = [
    "业绩",
    "类似项目",
    "类似工程",
    "案例",
    "合同复印件",
    "合同扫描件",
    "合同关键页",
    "项目合同",
    "中标通知书",
    "用户评价",
    "客户评价",
    "感谢信",
    "表扬信",
    "保函",
    "制造商授权",
    "厂家授权",
    "厂商授权",
    "原厂授权",
    "产品授权",
    "供货授权",
    "经销授权",
    "代理授权",
    "已完工程",
    "已完成项目",
    "生产厂家",
    "审计报告",
    "past performance",
    "past experience",
    "similar contracts",
    "manufacturer's authori",
    "bid security",
];
/// A chapter that holds the bidder's own papers besides its references is read.
const MIXED: [&str; 9] = ["资格", "证书", "资质", "商务", "证明", "技术", "响应", "及", "和"];

fn asides(reading: &Reading<'_>) -> Vec<bool> {
    let tables: Vec<bool> = reading.grids.iter().map(|grid| is_history(reading, &grid.rows)).collect();
    (0..reading.units.len())
        .map(|unit| {
            let place = reading.units.get(unit).and_then(|u| u.cell);
            if place.is_some_and(|p| tables.get(p.grid).copied().unwrap_or_default()) {
                return true;
            }
            reading
                .headings(unit)
                .iter()
                .any(|h| ASIDE.iter().any(|w| h.contains(w)) && !MIXED.iter().any(|w| h.contains(w)))
        })
        .collect()
}

/// Whether a table lists earlier contracts: its head names their parties, dates or amounts.
fn is_history(reading: &Reading<'_>, rows: &[Vec<usize>]) -> bool {
    rows.iter().take(4).any(|head| is_history_head(reading, head))
}

fn is_history_head(reading: &Reading<'_>, head: &[usize]) -> bool {
    let short = head.iter().filter_map(|&u| reading.units.get(u)).filter(|u| u.text.chars().count() <= 24);
    let words: String = short.map(|u| u.text.as_str()).collect::<Vec<_>>().join(" ").to_lowercase();
    let what = ["项目名称", "合同名称", "工程名称", "业绩名称", "名称及", "contract", "project", "name of work"];
    let whose = [
        "业主",
        "用户单位",
        "客户",
        "采购单位",
        "建设单位",
        "发包人",
        "买方",
        "甲方",
        "合同金额",
        "合同价",
        "签订日期",
        "签订时间",
        "签约",
        "竣工",
        "完成时间",
        "employer",
        "client",
        "completed",
        "completion",
    ];
    // A schedule of this bid names the project and its dates too.
    let own = ["单价", "报价", "投标", "响应", "质保", "price", "bid"];
    what.iter().any(|w| words.contains(w))
        && whose.iter().any(|w| words.contains(w))
        && !own.iter().any(|w| words.contains(w))
}

/// The row that names the columns: the first, or the next where the first is one cell with the table's title.
pub(crate) fn head(rows: &[Vec<usize>]) -> Option<&Vec<usize>> {
    rows.iter().take(3).find(|row| row.len() > 1).or_else(|| rows.first())
}

/// The column of a heading whose words, in lower case, `wanted` accepts.
pub(crate) fn column(reading: &Reading<'_>, heading: &[usize], wanted: impl Fn(&str) -> bool) -> Option<u32> {
    let mut cells = heading.iter().filter_map(|&u| reading.unit(u));
    cells.find(|u| wanted(u.text.to_lowercase().trim()))?.cell.map(|c| c.column)
}

/// The rows below the one that names the columns.
pub(crate) fn below_head(rows: &[Vec<usize>]) -> &[Vec<usize>] {
    let titles = rows.iter().take(3).position(|row| row.len() > 1).unwrap_or_default();
    rows.get(titles + 1..).unwrap_or_default()
}

/// The text of the heading row's cell in the same column.
pub(crate) fn column_heading<'r>(reading: &'r Reading<'_>, unit: usize) -> &'r str {
    let Some(place) = reading.units.get(unit).and_then(|u| u.cell) else { return "" };
    let first = reading.grids.get(place.grid).and_then(|g| head(&g.rows));
    let heading = first
        .into_iter()
        .flatten()
        .filter_map(|&u| reading.units.get(u))
        .find(|u| u.cell.is_some_and(|c| c.column == place.column && c.row < place.row));
    heading.map_or("", |u| u.text.as_str())
}

/// Whether a text ends with a figure and its unit: 20,000 km.
fn ends_with_unit(text: &str) -> bool {
    let letters = text.len() - text.trim_end_matches(|c: char| c.is_ascii_lowercase()).len();
    let before = text.get(..text.len() - letters).unwrap_or_default().trim_end();
    (1..=3).contains(&letters) && before.ends_with(|c: char| c.is_ascii_digit())
}

/// Sentences of a text: up to a full stop, a semicolon or a line's end.
pub(crate) fn cut(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let mut start = 0;
    let mut closed = 0;
    let ends = text
        .char_indices()
        .filter(|&(at, c)| {
            if c == '(' && at >= closed {
                closed = bracket_end(text, at).unwrap_or(at);
            }
            matches!(c, '。' | '\n' | '!' | '?')
                // A list in brackets is a part of its sentence.
                || c == ';' && at >= closed
                // An English sentence: behind a word, a bracket or a longer figure, before a capital; `No. 5` and
                // `Ltd. We` are none.
                || c == '.'
                    && bytes.get(at + 1) == Some(&b' ')
                    && bytes.get(at + 2).is_some_and(u8::is_ascii_uppercase)
                    && at >= 4
                    && (bytes.get(at - 4..at).is_some_and(|b| {
                        b.iter().all(|b| b.is_ascii_lowercase())
                            || b.iter().all(|b| b.is_ascii_digit() || matches!(b, b',' | b':'))
                            || b.last().is_some_and(|b| matches!(b, b')' | b'%'))
                    }) || ends_with_unit(text.get(..at).unwrap_or_default()))
        })
        .map(|(at, c)| at + c.len_utf8());
    let mut ranges = Vec::new();
    for end in ends.chain([text.len()]) {
        if text.get(start..end).is_some_and(|s| !s.trim().is_empty()) {
            ranges.push(start..end);
        }
        start = end;
    }
    ranges.into_iter()
}
