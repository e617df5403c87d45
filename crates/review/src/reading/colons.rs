//! Where the label before a colon starts, and where the value behind it ends.
//!
//! Cells and paragraphs run several statements together without a break; a known label with a colon of its own
//! ends the value before it.

use std::ops::Range;

use bidlens_domain::fold::{is_cjk, is_western};

use super::labels::LABEL_CHARS;
use super::units::char_floor;
use crate::grammar::numbers::is_chinese_numeral;

/// Bytes behind a label in which a further label is looked for.
const VALUE_BYTES_MAX: usize = 4 * 1024;

/// Where the label that ends at `colon` starts; `None` when what stands there is no label.
pub(super) fn label_start(text: &str, colon: usize) -> Option<usize> {
    let before = text.get(..colon)?;
    let mut count = 0;
    let mut depth = 0_i32;
    let mut start = 0;
    for (at, c) in before.char_indices().rev() {
        match c {
            ')' | ']' | '】' => depth += 1,
            '(' | '[' | '【' if depth > 0 => depth -= 1,
            '(' | '[' | '【' => {
                start = at + c.len_utf8();
                break;
            }
            '\n' => {
                start = at + 1;
                break;
            }
            '。' | ';' | ',' | '!' | '?' | '?' | ':' | '"' | '☑' | '□' | '√' | '■' if depth <= 0 => {
                start = at + c.len_utf8();
                break;
            }
            _ => {}
        }
        count += 1;
        if count > if is_western(before) { 96 } else { LABEL_CHARS + 12 } {
            return None;
        }
    }
    let label = text.get(start..colon)?;
    // 9:30 and http: are no labels.
    let bare = label.trim();
    if bare.is_empty()
        || bare.chars().all(|c| c.is_ascii_digit() || c.is_whitespace())
        || bare.ends_with("http")
        || bare.ends_with("https")
    {
        return None;
    }
    if bare.ends_with(|c: char| c.is_ascii_digit())
        && text.get(colon + 1..)?.trim_start().starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    Some(start)
}

/// Where the value that starts at `from` ends: at the line's end or before a further label.
pub(super) fn value_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let line = rest.find('\n').unwrap_or(rest.len());
    let rest = rest.get(..line).unwrap_or_default();
    let searched = rest.get(..char_floor(rest, VALUE_BYTES_MAX.min(rest.len()))).unwrap_or_default();
    for (colon, _) in searched.match_indices(':') {
        let before = rest.get(..colon).unwrap_or_default();
        // 江城采购网(网址:https://…): a note in brackets is a part of the value.
        let noted = before.rfind('(').is_some_and(|open| !before.get(open..).is_some_and(|note| note.contains(')')));
        if noted && searched.get(colon..).is_some_and(|rest| rest.contains(')')) {
            continue;
        }
        let bare =
            before.strip_suffix(')').map_or(before, |b| b.rfind('(').map_or(before, |n| b.get(..n).unwrap_or(before)));
        if let Some(number) = numbered_label(bare) {
            return from + number;
        }
        let cut = CUTTING_LABELS.iter().filter(|l| bare.ends_with(**l)).map(|l| bare.len() - l.len()).min();
        if let Some(at) = cut
            && at > 0
        {
            // The whole label: from the break before it, when that is near.
            let head = bare.get(..at).unwrap_or_default();
            let label_from = head
                .char_indices()
                .rev()
                .take(12)
                .find(|(_, c)| matches!(c, '。' | ';' | ',' | ' ' | ')' | '、'))
                // …(二期)监理建设地点: what closed a bracket goes on up to the label.
                .map_or(at, |(i, c)| if c == ')' { at } else { i + c.len_utf8() });
            return from + trim_numbering_end(rest, label_from);
        }
    }
    from + line
}

/// Where `2.1.5` begins in `云岭县玉泉镇2.1.5计划工期`: the number of a clause sets its label apart.
fn numbered_label(before: &str) -> Option<usize> {
    const LABEL: std::ops::RangeInclusive<usize> = 2..=12;
    let head = before.trim_end_matches(is_cjk);
    let label = before.get(head.len()..)?.chars().count();
    let numbered = head.trim_end_matches(' ');
    let start = numbered.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let number = numbered.get(start..)?;
    let clause = number.split('.').count() >= 3 && number.split('.').all(|n| (1..=2).contains(&n.len()));
    (LABEL.contains(&label) && clause && start > 0).then_some(start)
}

/// Labels that begin a further statement inside the same run of text, when a colon follows them.
///
/// Cells and paragraphs may hold several statements without a break between them.
const CUTTING_LABELS: [&str; 79] = [
    "Project",
    "Contract title",
    "Country",
    "Loan No.",
    "Ref. No.",
    "Attention",
    "Telephone",
    "Tel",
    "E-mail",
    "Email",
    "项目编号",
    "招标编号",
    "采购编号",
    "项目名称",
    "采购人",
    "招标人",
    "采购单位",
    "采购代理机构",
    "招标代理机构",
    "代理机构",
    "联系人",
    "联系电话",
    "联系方式",
    "电话",
    "联系地址",
    "地址",
    "传真",
    "邮箱",
    "电子邮箱",
    "电子邮件",
    "邮编",
    "邮政编码",
    "开标时间",
    "开标地点",
    "投标地点",
    "递交地点",
    "提交地点",
    "截止时间",
    "地点",
    "方式",
    "售价",
    "获取方式",
    "获取时间",
    "获取地点",
    "预算金额",
    "最高限价",
    "采购预算",
    "采购需求",
    "合同履行期限",
    "服务期限",
    "服务期",
    "交货期",
    "交货时间",
    "交货地点",
    "建设地点",
    "工程地点",
    "项目地点",
    "服务地点",
    "实施地点",
    "质保期",
    "付款方式",
    "形式",
    "金额",
    "名称",
    "账号",
    "账户",
    "开户行",
    "开户银行",
    "户名",
    "网址",
    "时间",
    "本项目",
    "备注",
    "标段名称",
    "标段编号",
    "投标文件提交截止时间",
    "投标截止时间",
    "采购方式",
    "数量",
];

/// The lines under a label that ends its line, up to the next line numbered in the label's manner.
pub(super) fn lines_below(text: &str, label: usize, from: usize) -> Range<usize> {
    let manner = |line: &str| -> Option<u8> {
        let line = line.trim_start_matches(['★', '▲', '*', ' ']);
        let first = line.chars().next()?;
        if first == '(' {
            return Some(1);
        }
        let number: String = line.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        if number.contains('.') && !number.starts_with('.') {
            return Some(2);
        }
        if !number.is_empty() {
            return Some(3);
        }
        is_chinese_numeral(first).then_some(4)
    };
    let own = text.get(label..).and_then(manner);
    let mut end = from;
    for line in text.get(from..).unwrap_or_default().split_inclusive('\n') {
        let bare = line.trim();
        if !bare.is_empty() && end > from + 1 && own.is_some() && manner(bare) == own {
            break;
        }
        end += line.len();
        if end - from > 3_000 {
            break;
        }
    }
    from..end
}

/// Steps back over a number such as `2、` or `(3)` that belongs to the next label.
fn trim_numbering_end(text: &str, at: usize) -> usize {
    let head = text.get(..at).unwrap_or_default();
    let mark = |c: char| c.is_ascii_digit() || matches!(c, '、' | '.' | '(' | ' ' | '★' | '▲');
    let mut trimmed = head.trim_end_matches(mark);
    // (3) numbers the label; (二次) closes the value before it.
    if let Some(number) = trimmed.strip_suffix(')') {
        let bare = number.trim_end_matches(|c: char| c.is_ascii_digit() || is_chinese_numeral(c));
        let counts = bare.len() < number.len() && bare.ends_with('(') || !number.contains('(');
        trimmed = if counts { bare.trim_end_matches(mark) } else { trimmed };
    }
    // QHZC-2027-031 采购方式, 0571-88776655 地址: figures that end a number or a sum count no label.
    let figures = head.get(trimmed.len()..).unwrap_or_default().trim();
    let goes_on = trimmed.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '_' | ']' | '〕'));
    if figures.bytes().all(|b| b.is_ascii_digit()) && (goes_on || figures.len() > 2) {
        return head.trim_end().len();
    }
    if trimmed.is_empty() { at } else { trimmed.len().min(at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_before_the_next_label() {
        let text = "项目名称:详见公告项目编号:详见公告";
        let end = value_end(text, "项目名称:".len());
        assert_eq!(&text["项目名称:".len()..end], "详见公告");
        let again = "项目名称:清淤服务(二次) 采购需求:详见附件";
        let end = value_end(again, "项目名称:".len());
        assert_eq!(again["项目名称:".len()..end].trim(), "清淤服务(二次)");
        let numbers = "项目编号:QHZC-2027-031 采购方式:公开招标";
        let end = value_end(numbers, "项目编号:".len());
        assert_eq!(&numbers["项目编号:".len()..end], "QHZC-2027-031");
        let listed = "项目名称:清淤服务 (2)采购需求:详见附件";
        let end = value_end(listed, "项目名称:".len());
        assert_eq!(listed["项目名称:".len()..end].trim(), "清淤服务");
        let noted = "地点:江城采购网(网址:cg.example)。联系电话:0";
        let end = value_end(noted, "地点:".len());
        assert_eq!(&noted["地点:".len()..end], "江城采购网(网址:cg.example)。");
        let numbered = "建设地点:玉泉镇 2.1.5 计划工期:90日历天";
        let end = value_end(numbered, "建设地点:".len());
        assert_eq!(numbered["建设地点:".len()..end].trim(), "玉泉镇");
    }
}
