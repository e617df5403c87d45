//! Shares: `2%`, `百分之二`, `5‰`, `ten percent`.

use std::ops::Range;

use bidlens_domain::money::Percent;

use super::numbers::{chinese_at, decimal_at, english_integer, english_word};

/// A percentage and the bytes it stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub percent: Percent,
    pub range: Range<usize>,
}

/// Every percentage of `text`, in order.
pub fn find(text: &str) -> Vec<Share> {
    let mut shares = Vec::new();
    let mut skip = 0;
    for (at, c) in text.char_indices() {
        if at < skip {
            continue;
        }
        let found = if c.is_ascii_digit() {
            let Some((number, end)) = decimal_at(text, at) else {
                continue;
            };
            skip = end;
            let rest = text.get(end..).unwrap_or_default();
            let gap = rest.len() - rest.trim_start().len();
            let rest = rest.trim_start();
            let lower: String = rest.chars().take(8).flat_map(char::to_lowercase).collect();
            let (divisor, sign) = if rest.starts_with('%') || rest.starts_with('％') {
                (100, rest.chars().next().map_or(0, char::len_utf8))
            } else if rest.starts_with('‰') {
                (1_000, '‰'.len_utf8())
            } else if lower.starts_with("percent") {
                (100, "percent".len())
            } else if lower.starts_with("per cent") {
                (100, "per cent".len())
            } else {
                continue;
            };
            // Millionths of one hundred are ten-thousandths of a percent.
            let hundredth = number.micro / 100;
            Some((hundredth * 100 / divisor, end + gap + sign))
        } else if text.get(at..).is_some_and(|t| t.starts_with("百分之")) {
            let start = at + "百分之".len();
            chinese_at(text, start)
                .map(|(n, end)| (i128::from(n) * 10_000, end))
                .or_else(|| decimal_at(text, start).map(|(d, end)| (d.micro / 100, end)))
        } else if c.is_ascii_alphabetic() && !text.get(..at).is_some_and(|t| t.ends_with(char::is_alphanumeric)) {
            spelled(text, at)
        } else {
            continue;
        };
        if let Some((ten_thousandths, end)) = found
            && let Ok(value) = i64::try_from(ten_thousandths)
        {
            skip = end;
            shares.push(Share { percent: Percent(value), range: at..end });
        }
    }
    shares
}

/// `five per cent`, `twenty-five percent`, and where it ends; `ten percent (10%)` says it in figures and is left to
/// those.
fn spelled(text: &str, at: usize) -> Option<(i128, usize)> {
    let rest = text.get(at..)?;
    let word: &str = rest.get(..rest.find(|c: char| !c.is_ascii_alphabetic() && c != '-').unwrap_or(rest.len()))?;
    let (number, length) =
        english_integer(rest).or_else(|| english_word(&word.to_ascii_lowercase()).map(|n| (n, word.len())))?;
    let behind = rest.get(length..)?;
    let sign = behind.trim_start();
    let lower: String = sign.chars().take(8).flat_map(char::to_lowercase).collect();
    let word = ["percent", "per cent"].iter().find(|w| lower.starts_with(**w))?;
    let figures = sign.get(word.len()..)?.trim_start().strip_prefix('(');
    if figures.is_some_and(|t| t.trim_start().starts_with(|c: char| c.is_ascii_digit())) {
        return None;
    }
    let end = at + length + (behind.len() - sign.len()) + word.len();
    (number <= 100).then(|| (i128::from(number) * 10_000, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_read_in_ten_thousandths() {
        let read = |text: &str| -> Vec<i64> { find(text).iter().map(|s| s.percent.0).collect() };
        assert_eq!(read("合同价的2%,或5‰"), [20_000, 5_000]);
        assert_eq!(read("百分之十"), [100_000]);
        assert_eq!(read("2.5 percent of 30 days"), [25_000]);
        assert_eq!(read("0.8 %"), [8_000]);
        assert_eq!(read("Five per cent of the price, then twenty-five percent"), [50_000, 250_000]);
        assert_eq!(read("ten percent (10%)"), [100_000]);
        assert!(read("two persons, five times").is_empty());
    }
}
