//! The outline of the bid that a tender asks for: the headings of its chapter of forms, each with its form.
//!
//! A tender without such a chapter is read by the sentence that lists the parts of a bid. What is neither headed
//! nor listed is not guessed. Start at [`directory`].

use bidlens_domain::document::{Block, BlockIndex, BlockKind, Document, Section, SectionIndex, TextRange};
use bidlens_domain::evidence::Evidence;
use bidlens_domain::fold::folded;

/// A part of the bid, in order; its children follow it with a higher level.
#[derive(Debug, Clone, PartialEq)]
pub struct OutlineNode {
    /// As printed: `一、`, `（二）`.
    pub numbering: String,
    pub title: String,
    /// 1 for the outermost.
    pub level: u32,
    /// Not marked as "if any".
    pub required: bool,
    /// What stands in brackets behind the title.
    pub notes: String,
    /// The volume it belongs to, such as 商务文件.
    pub volume: String,
    pub evidence: Vec<Evidence>,
    /// The tender's own form, when it prints one.
    pub form: Option<Form>,
}

/// The words of a form and where they stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    pub text: String,
    pub evidence: Vec<Evidence>,
}

const NODES_MAX: usize = 500;
const LEVELS_MAX: u32 = 6;
const TITLE_CHARS_MAX: usize = 80;
const FORM_BYTES_MAX: usize = 32 * 1024;
const FORM_BLOCKS_MAX: usize = 200;

/// The parts of the bid that `documents` ask for.
pub fn directory(documents: &[Document]) -> Vec<OutlineNode> {
    let chapters = documents.iter().filter_map(|document| {
        let chapter = chapter_of_forms(document)?;
        Some(under(document, chapter))
    });
    let longest = chapters.max_by_key(Vec::len).filter(|nodes| !nodes.is_empty());
    longest.or_else(|| documents.iter().map(listed).find(|nodes| !nodes.is_empty())).unwrap_or_default()
}

/// The section that holds the most headings among those named for the form of the bid.
fn chapter_of_forms(document: &Document) -> Option<SectionIndex> {
    let named = indexed(document).filter(|(_, section)| names_forms(&section.title));
    let counted = named.map(|(index, section)| {
        let inside = indexed(document).filter(|(other, _)| is_inside(document, *other, index)).count();
        (inside, std::cmp::Reverse(section.level), index)
    });
    counted.filter(|(inside, ..)| *inside > 0).max().map(|(_, _, index)| index)
}

fn names_forms(title: &str) -> bool {
    let title: String = folded(title).to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let of_bid =
        ["投标文件", "响应文件", "应答文件", "申请文件", "报价文件", "投标书"].iter().any(|w| title.contains(w));
    let english =
        ["bidforms", "biddingforms", "formsofbid", "formsoftender", "tenderforms", "sampleforms", "schedulesofforms"];
    (of_bid && (title.contains("格式") || title.contains("范本") || title.contains("模板")))
        || english.iter().any(|w| title.contains(w))
}

fn indexed(document: &Document) -> impl Iterator<Item = (SectionIndex, &Section)> {
    document
        .sections
        .iter()
        .enumerate()
        .filter_map(|(i, section)| Some((SectionIndex(u32::try_from(i).ok()?), section)))
}

/// How many steps `section` stands below `ancestor`; parents stand before their children, so this ends.
fn depth_below(document: &Document, section: SectionIndex, ancestor: SectionIndex) -> Option<u32> {
    let mut next = section;
    for depth in 0..32 {
        if next == ancestor {
            return Some(depth);
        }
        next = document.sections.get(next.0 as usize)?.parent?;
    }
    None
}

fn is_inside(document: &Document, section: SectionIndex, ancestor: SectionIndex) -> bool {
    section != ancestor && depth_below(document, section, ancestor).is_some()
}

/// The headings under a chapter as nodes.
fn under(document: &Document, chapter: SectionIndex) -> Vec<OutlineNode> {
    let mut nodes: Vec<OutlineNode> = Vec::new();
    // Titles that a printed list of contents announces, by their place among the nodes.
    let mut announced: Vec<usize> = Vec::new();
    let mut volume = (0, String::new());
    for (index, section) in indexed(document) {
        let Some(level) = depth_below(document, index, chapter).filter(|depth| (1..=LEVELS_MAX).contains(depth)) else {
            continue;
        };
        let heading = without_leader(&section.title);
        let (title, notes) = split_notes(heading);
        if title.is_empty() || title.chars().count() > TITLE_CHARS_MAX || is_furniture(&title) {
            continue;
        }
        if level <= volume.0 {
            volume = (0, String::new());
        }
        if volume.0 == 0 && is_volume(&title) {
            volume = (level, title.clone());
        }
        if heading.len() < section.title.trim().len() && section.title.contains(LEADERS) {
            announced.push(nodes.len());
        }
        nodes.push(OutlineNode {
            numbering: section.number.clone(),
            required: !is_optional(&section.title),
            title,
            level,
            notes,
            volume: volume.1.clone(),
            evidence: Evidence::of_block(document, section.heading).into_iter().collect(),
            form: form(document, index, section.heading),
        });
        if nodes.len() == NODES_MAX {
            break;
        }
    }
    // What the list announces and the chapter then holds is one part of the bid.
    let repeated = |at: &usize| {
        let title = nodes.get(*at).map(|node| node.title.as_str());
        nodes.iter().skip(at + 1).any(|later| Some(later.title.as_str()) == title)
    };
    let dropped: Vec<usize> = announced.into_iter().filter(repeated).collect();
    let kept = nodes.into_iter().enumerate().filter(|(at, _)| !dropped.contains(at));
    kept.map(|(_, node)| node).collect()
}

/// Dots that lead from a title to its page.
const LEADERS: [char; 3] = ['…', '.', '．'];

/// A title without the dots and the page number that follow it in a list of contents.
fn without_leader(title: &str) -> &str {
    let title = title.trim();
    let plain = title.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '-' | '—'));
    let bare = plain.trim_end_matches(|c: char| LEADERS.contains(&c) || c.is_whitespace());
    if plain.chars().rev().take_while(|c| LEADERS.contains(c) || c.is_whitespace()).count() >= 2 { bare } else { title }
}

/// A table of contents or a cover is no part of the bid.
fn is_furniture(title: &str) -> bool {
    let bare: String = folded(title).chars().filter(|c| !c.is_whitespace()).collect();
    matches!(bare.as_str(), "目录" | "封面" | "投标文件" | "响应文件" | "投标文件目录" | "响应文件目录")
        || bare.eq_ignore_ascii_case("contents")
}

fn is_volume(title: &str) -> bool {
    let parts = ["商务", "技术", "报价", "价格", "资格", "资信", "经济", "证明"];
    let wholes = ["部分", "文件", "标书", "分册", "标", "卷"];
    parts.iter().any(|w| title.contains(w)) && wholes.iter().any(|w| title.trim_end_matches("格式").ends_with(w))
}

fn is_optional(title: &str) -> bool {
    let title = folded(title).to_lowercase();
    ["如有", "若有", "如适用", "如需", "可选", "非必须", "if any", "if applicable", "optional"]
        .iter()
        .any(|w| title.contains(w))
}

/// A title without the brackets at its end, and what stands in them.
fn split_notes(title: &str) -> (String, String) {
    let title = title.trim().trim_end_matches(['：', ':', '；', ';', '。']);
    for (open, close) in [('（', '）'), ('(', ')')] {
        if let Some(rest) = title.strip_suffix(close)
            && let Some(at) = rest.rfind(open)
            && at > 0
        {
            let notes = rest.get(at + open.len_utf8()..).unwrap_or_default();
            return (rest.get(..at).unwrap_or_default().trim().to_owned(), notes.trim().to_owned());
        }
    }
    (title.to_owned(), String::new())
}

/// The blocks of one section but its heading.
fn form(document: &Document, section: SectionIndex, heading: BlockIndex) -> Option<Form> {
    let own = |(index, block): &(BlockIndex, &Block)| {
        block.section == Some(section) && *index != heading && block.kind.is_body()
    };
    let mut text = String::new();
    let mut evidence = Vec::new();
    for (index, block) in document.indexed_blocks().filter(own).take(FORM_BLOCKS_MAX) {
        if text.len() + block.text.len() > FORM_BYTES_MAX {
            break;
        }
        if let Some(words) = Evidence::of_block(document, index) {
            text.push_str(&block.text);
            text.push('\n');
            evidence.push(words);
        }
    }
    (!evidence.is_empty()).then(|| Form { text: text.trim_end().to_owned(), evidence })
}

/// The parts as a sentence or the items after it list them.
fn listed(document: &Document) -> Vec<OutlineNode> {
    for (index, block) in
        document.indexed_blocks().filter(|(_, b)| b.kind.is_body() && !matches!(b.kind, BlockKind::Table(_)))
    {
        let Some(after) = composition(&block.text) else { continue };
        let inline = items(&block.text, after);
        if inline.len() >= 2 {
            return inline
                .into_iter()
                .filter_map(|(number, range)| listed_node(document, index, number, range))
                .collect();
        }
        let following: Vec<OutlineNode> = document
            .indexed_blocks()
            .skip(index.0 as usize + 1)
            .take_while(|(_, b)| matches!(b.kind, BlockKind::ListItem | BlockKind::Paragraph))
            .map_while(|(at, b)| {
                let (number, range) = items(&b.text, 0).into_iter().next()?;
                listed_node(document, at, number, range)
            })
            .take(NODES_MAX)
            .collect();
        if following.len() >= 2 {
            return following;
        }
    }
    Vec::new()
}

/// Where the list begins in a sentence that says what a bid consists of.
fn composition(text: &str) -> Option<usize> {
    let subject = ["投标文件", "响应文件", "应答文件"].iter().find_map(|w| text.find(w))?;
    let rest = text.get(subject..)?;
    let said = ["组成", "包括", "包含", "构成"].iter().filter_map(|w| Some(rest.find(w)? + w.len())).min()?;
    let colon = rest.get(said..)?.char_indices().take(12).find(|(_, c)| matches!(c, '：' | ':'))?;
    Some(subject + said + colon.0 + colon.1.len_utf8())
}

/// Items marked （1）, (1), 1. or 1、 from `after` on: number and range of the words.
fn items(text: &str, after: usize) -> Vec<(String, TextRange)> {
    let mut marks: Vec<(usize, usize)> = Vec::new();
    let mut chars = text.char_indices().skip_while(|(at, _)| *at < after).peekable();
    let mut fresh = true;
    while let Some((at, c)) = chars.next() {
        let opened = matches!(c, '（' | '(');
        if fresh && (opened || c.is_ascii_digit()) {
            let mut end = None;
            let mut digits = usize::from(!opened);
            while let Some(&(next_at, next)) = chars.peek() {
                if next.is_ascii_digit() || (opened && "一二三四五六七八九十".contains(next)) {
                    digits += 1;
                    chars.next();
                    continue;
                }
                let closes = if opened { matches!(next, '）' | ')') } else { matches!(next, '.' | '．' | '、') };
                if closes && (1..=3).contains(&digits) {
                    end = Some(next_at + next.len_utf8());
                    chars.next();
                }
                break;
            }
            marks.extend(end.map(|end| (at, end)));
        }
        fresh = matches!(c, '；' | ';' | '。' | '\n' | '：' | ':' | '，' | '、') || (fresh && c.is_whitespace());
    }
    let ends = marks.iter().skip(1).map(|(start, _)| *start).chain([text.len()]);
    let number = |start: usize, end: usize| text.get(start..end).unwrap_or_default().to_owned();
    marks.iter().zip(ends).map(|(&(start, words), end)| (number(start, words), TextRange::new(words, end))).collect()
}

fn listed_node(document: &Document, block: BlockIndex, number: String, range: TextRange) -> Option<OutlineNode> {
    let text = document.block(block)?.text.as_str();
    let words = range.slice(text);
    let end = words.find(['；', ';', '。', '\n']).unwrap_or(words.len());
    let range = TextRange::new(range.start as usize, range.start as usize + end);
    let (title, notes) = split_notes(range.slice(text));
    if title.is_empty() || title.chars().count() > TITLE_CHARS_MAX {
        return None;
    }
    Some(OutlineNode {
        numbering: number,
        required: !is_optional(range.slice(text)),
        title,
        level: 1,
        notes,
        volume: String::new(),
        evidence: Evidence::at(document, block, range).into_iter().collect(),
        form: None,
    })
}

#[cfg(test)]
mod tests {
    use bidlens_documents::{Limits, parse};

    use super::*;

    fn outline(markdown: &str) -> String {
        let document = parse("t.md", markdown.as_bytes(), &Limits::default());
        let line = |node: OutlineNode| {
            let indent = "  ".repeat(node.level as usize - 1);
            let form = node.form.map_or(String::new(), |f| format!(" = {}", f.text.replace('\n', " / ")));
            let optional = if node.required { "" } else { " ?" };
            format!("{indent}{} {} [{}] <{}>{optional}{form}\n", node.numbering, node.title, node.notes, node.volume)
        };
        directory(&[document]).into_iter().map(line).collect()
    }

    #[test]
    fn the_chapter_of_forms() {
        let tender = "# 第一章 招标公告\n\n投标文件格式见第二章。\n\n# 第二章 投标文件格式\n\n## 目录\n\n## 一、商务部分\n\n\
                      ### （一）投标函\n\n致：采购人\n\n投标人（盖章）：____\n\n### （二）联合体协议书（如有）\n\n## 二、技术部分\n\n### （一）技术偏离表\n\n\
                      | 序号 | 偏离 |\n|---|---|\n| 1 | |\n\n# 第三章 合同\n\n## 一、合同格式\n\n略\n";
        insta::assert_snapshot!(outline(tender).replace('\t', " | "), @r"
        一、 商务部分 [] <商务部分>
          （一） 投标函 [] <商务部分> = 致：采购人 / 投标人（盖章）：____
          （二） 联合体协议书 [如有] <商务部分> ?
        二、 技术部分 [] <技术部分>
          （一） 技术偏离表 [] <技术部分> = 序号 | 偏离 / 1
        ");
    }

    #[test]
    fn a_printed_list_of_contents_is_not_read_twice() {
        let tender = "# 第六章 投标文件格式\n\n## 一、投标函……………………3\n\n## 一、投标函\n\n致：采购人\n";
        insta::assert_snapshot!(outline(tender), @r"
        一、 投标函 [] <> = 致：采购人
        ");
    }

    #[test]
    fn the_sentence_that_lists_the_parts() {
        insta::assert_snapshot!(outline("投标文件由下列部分组成：（1）投标函；（2）开标一览表（须盖章）；（3）业绩证明（如有）。\n"), @r"
        （1） 投标函 [] <>
        （2） 开标一览表 [须盖章] <>
        （3） 业绩证明 [如有] <> ?
        ");
        insta::assert_snapshot!(outline("投标人的投标文件应包括以下内容：\n\n1、报价函\n\n2、服务方案；\n\n以上须装订成册。\n"), @r"
        1、 报价函 [] <>
        2、 服务方案 [] <>
        ");
        assert_eq!(outline("投标文件应当密封：（1）正本；（2）副本。\n"), "");
    }
}
