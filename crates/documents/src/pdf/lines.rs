//! Characters to typeset lines.
//!
//! A line is a set of characters whose vertical centres differ by less than half their size. Spaces are put
//! where the gap shows one; a document's own space characters are folded into them.

use bidlens_domain::fold::is_cjk;

use super::page::PageGlyph;

/// A line of one page, or of one table cell.
#[derive(Debug, Clone)]
pub(crate) struct TextLine {
    pub(crate) text: String,
    /// Right edge of each character of `text`, in points.
    pub(crate) edges: Vec<f32>,
    pub(crate) x0: f32,
    pub(crate) y0: f32,
    pub(crate) x1: f32,
    pub(crate) y1: f32,
    pub(crate) size: f32,
    pub(crate) bold: bool,
    /// Whether its first and its last character are bold.
    pub(crate) bold_ends: (bool, bool),
    /// Left and right edge of the column it stands in, where the page has columns.
    pub(crate) column: Option<(f32, f32)>,
    /// How sure recognition was of its characters on the average; `None` when the page itself holds them.
    pub(crate) confidence: Option<f32>,
}

impl TextLine {
    pub(crate) fn centre_y(&self) -> f32 {
        (self.y0 + self.y1) / 2.0
    }
}

/// Gap, in ems, that shows a space between words of a spaced script.
const WORD_GAP: f32 = 0.14;
/// Gap, in ems, that shows a deliberate blank between Chinese characters.
const BLANK_GAP: f32 = 1.0;

/// Lines from top to bottom.
pub(crate) fn typeset(mut glyphs: Vec<PageGlyph>) -> Vec<TextLine> {
    glyphs.retain(|g| g.size > 0.5);
    glyphs.sort_by(|a, b| a.centre().1.total_cmp(&b.centre().1));
    let mut rows: Vec<(f32, f32, Vec<PageGlyph>)> = Vec::new();
    for glyph in glyphs {
        let y = glyph.centre().1;
        // Only the last few rows can be near: the characters come sorted by height.
        let near =
            rows.iter_mut().rev().take(3).find(|(centre, size, _)| {
                (y - *centre).abs() < 0.5 * size.min(glyph.size).max(size.max(glyph.size) * 0.6)
            });
        match near {
            Some((centre, size, row)) => {
                if glyph.size > *size * 1.05 {
                    (*centre, *size) = (y, glyph.size);
                }
                row.push(glyph);
            }
            None => rows.push((y, glyph.size, vec![glyph])),
        }
    }
    let mut lines: Vec<TextLine> = rows.into_iter().filter_map(|(_, _, row)| line_of(row)).collect();
    lines.sort_by(|a, b| a.centre_y().total_cmp(&b.centre_y()));
    lines
}

fn line_of(mut row: Vec<PageGlyph>) -> Option<TextLine> {
    row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut line = TextLine {
        text: String::with_capacity(row.len() * 3),
        edges: Vec::with_capacity(row.len()),
        x0: f32::MAX,
        y0: f32::MAX,
        x1: f32::MIN,
        y1: f32::MIN,
        size: 0.0,
        bold: false,
        bold_ends: (false, false),
        column: None,
        confidence: None,
    };
    let mut last: Option<char> = None;
    let mut right = f32::MIN;
    let mut spaced = false;
    let (mut bold, mut count) = (0usize, 0usize);
    let mut sizes: Vec<f32> = Vec::with_capacity(row.len());
    for glyph in &row {
        if glyph.text.trim().is_empty() {
            spaced = true;
            continue;
        }
        let first = glyph.text.chars().next()?;
        if let Some(last) = last {
            let gap = (glyph.x0 - right) / glyph.size;
            let chinese = is_cjk(last) || is_cjk(first);
            if (chinese && gap > BLANK_GAP)
                || (!chinese && (gap > WORD_GAP || (spaced && gap > 0.05)))
                || (spaced && chinese && gap > 0.2)
            {
                line.text.push(' ');
                line.edges.push(glyph.x0);
            }
        }
        spaced = false;
        let parts = glyph.text.chars().count().max(1);
        for (n, c) in glyph.text.chars().enumerate() {
            line.text.push(c);
            line.edges.push(glyph.x0 + (glyph.x1 - glyph.x0) * ((n + 1) as f32 / parts as f32));
            last = Some(c);
        }
        right = glyph.x1;
        line.x0 = line.x0.min(glyph.x0);
        line.y0 = line.y0.min(glyph.y0);
        line.x1 = line.x1.max(glyph.x1);
        line.y1 = line.y1.max(glyph.y1);
        sizes.push(glyph.size);
        bold += usize::from(glyph.bold);
        line.bold_ends = (if count == 0 { glyph.bold } else { line.bold_ends.0 }, glyph.bold);
        count += 1;
    }
    if line.text.trim().is_empty() {
        return None;
    }
    sizes.sort_by(f32::total_cmp);
    line.size = sizes.get(sizes.len() / 2).copied().unwrap_or(10.0);
    line.bold = bold * 2 > count;
    let (sure, recognised) =
        row.iter().filter_map(|glyph| glyph.confidence).fold((0.0, 0usize), |(sum, n), sure| (sum + sure, n + 1));
    line.confidence = (recognised > 0).then(|| sure / recognised as f32);
    // Lines are kept until the last page has been read.
    line.text.shrink_to_fit();
    line.edges.shrink_to_fit();
    Some(line)
}

/// What stands between two lines when they are joined: nothing beside Chinese, else a space.
pub(crate) fn joint(before: &str, after: &str) -> &'static str {
    match (before.chars().next_back(), after.chars().next()) {
        (Some(a), Some(b)) if is_cjk(a) || is_cjk(b) => "",
        (Some('-' | '/'), Some(_)) => "",
        (Some(_), Some(_)) => " ",
        _ => "",
    }
}

/// Whether the words look like the start of a clause or list item of their own.
pub(crate) fn starts_item(text: &str) -> bool {
    let text = text.trim_start();
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    match first {
        '★' | '▲' | '●' | '■' | '□' | '☑' | '☒' | '◆' | '•' | '➢' | '※' | '△' | '☆' | '*' | '▪' | '·' =>
        {
            return true;
        }
        '①'..='⑳' | '⑴'..='⒇' | '㈠'..='㈩' => return true,
        _ => {}
    }
    let number = |c: char| {
        c.is_ascii_digit()
            || matches!(c, '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '百' | '零' | '〇')
    };
    let digits = |c: char| c.is_ascii_digit();
    if matches!(first, '（' | '(' | '【' | '[' | '〔') {
        let inside: String = chars.clone().take_while(|c| number(*c) || c.is_ascii_lowercase()).take(5).collect();
        let after = text.chars().nth(1 + inside.chars().count());
        return !inside.is_empty()
            && inside.chars().count() <= 4
            && matches!(after, Some('）' | ')' | '】' | ']' | '〕'));
    }
    if first == '第' {
        let inside: usize = chars.clone().take_while(|c| number(*c)).count();
        let unit = chars.clone().nth(inside);
        return inside > 0 && matches!(unit, Some('章' | '节' | '条' | '部' | '篇' | '卷' | '款' | '包' | '标'));
    }
    if number(first) {
        let head: usize = text.chars().take_while(|c| number(*c)).count();
        let next = text.chars().nth(head);
        let after = text.chars().nth(head + 1);
        return match next {
            Some('、') => head <= 4,
            Some('.' | '．') if digits(first) => {
                // 1.2 and 1. begin a clause; 3.5万元 and 0.5% are amounts in the middle of one.
                let rest: String =
                    text.chars().skip(head + 1).skip_while(|c| digits(*c) || *c == '.').take(1).collect();
                head <= 2 && !rest.starts_with(['元', '万', '%', '％', '米', '㎡', '亿', '倍', '分'])
            }
            Some(')' | '）') => head <= 3 && digits(first),
            Some(' ') if digits(first) => head <= 2 && after.is_some_and(|c| c.is_uppercase()),
            _ => false,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_told_from_continued_lines() {
        for yes in [
            "第三章 评标办法",
            "一、总则",
            "（二）资格",
            "1.2 范围",
            "3、报价",
            "★交货期",
            "① 甲",
            "(1) scope",
            "12. Validity",
        ] {
            assert!(starts_item(yes), "{yes}");
        }
        for no in ["加压泵站设备", "2025年1月", "3.5万元以上", "第三方检测", "的投标人", "(含税)", "100台"]
        {
            assert!(!starts_item(no), "{no}");
        }
    }
}
