//! Arabic and Chinese numbers, in running and in banker's writing.
//!
//! Integers only keep what fits in an `i64`; decimals are held in millionths, so that money never passes
//! through a float.

/// A decimal number in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal {
    pub micro: i128,
}

impl Decimal {
    pub fn from_integer(n: i64) -> Self {
        Decimal { micro: i128::from(n) * 1_000_000 }
    }

    /// Reads `1,974,000.50`, `2,00,000` or `17.18673`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, end) = decimal_at(text, 0)?;
        (end == text.len()).then_some(number)
    }

    pub fn value(self) -> f64 {
        self.micro as f64 / 1_000_000.0
    }

    /// The number as an integer when it is whole.
    pub fn integer(self) -> Option<i64> {
        (self.micro % 1_000_000 == 0).then(|| i64::try_from(self.micro / 1_000_000).ok()).flatten()
    }
}

/// The value of a single Chinese numeral, running or banker's.
pub fn digit(c: char) -> Option<i64> {
    Some(match c {
        '零' | '〇' | '○' | 'O' => 0,
        '一' | '壹' | '弌' | '幺' => 1,
        '二' | '贰' | '貳' | '两' | '兩' | '弍' => 2,
        '三' | '叁' | '叄' | '參' | '弎' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn power(c: char) -> Option<i64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        _ => return None,
    })
}

/// Whether `c` can stand in a Chinese number.
pub fn is_chinese_numeral(c: char) -> bool {
    c != 'O' && (digit(c).is_some() || power(c).is_some() || matches!(c, '廿' | '卅'))
}

/// Reads a whole Chinese number: `一百二十`, `壹拾贰万叁仟`, `二〇二六`, `廿五`.
pub fn chinese_integer(text: &str) -> Option<i64> {
    if text.is_empty() || text.chars().count() > 40 {
        return None;
    }
    let positional = text.chars().count() > 1 && text.chars().all(|c| digit(c).is_some());
    if positional {
        let mut value: i64 = 0;
        for c in text.chars() {
            value = value.checked_mul(10)?.checked_add(digit(c)?)?;
        }
        return Some(value);
    }
    // `total` holds what stands before 万 or 亿, `section` the thousands being read, `pending` the last digit.
    let (mut total, mut section, mut pending): (i64, i64, Option<i64>) = (0, 0, None);
    for c in text.chars() {
        if let Some(d) = digit(c) {
            pending = Some(d);
        } else if matches!(c, '廿' | '卅') {
            section = section.checked_add(if c == '廿' { 20 } else { 30 })?;
        } else {
            let unit = power(c)?;
            if unit >= 10_000 {
                let sum = section.checked_add(pending.take().unwrap_or(0))?;
                if unit == 100_000_000 {
                    let whole = total.checked_add(sum)?.max(1);
                    total = whole.checked_mul(unit)?;
                } else {
                    total = total.checked_add(sum.max(1).checked_mul(unit)?)?;
                }
                section = 0;
            } else {
                let d = pending.take().unwrap_or(1);
                section = section.checked_add(d.max(1).checked_mul(unit)?)?;
            }
        }
    }
    total.checked_add(section)?.checked_add(pending.unwrap_or(0))
}

/// The Arabic decimal that starts at byte `at`, with thousands or Indian grouping, and where it ends.
pub fn decimal_at(text: &str, at: usize) -> Option<(Decimal, usize)> {
    let bytes = text.as_bytes();
    let run = |from: usize| bytes.get(from..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count();
    let first = run(at);
    if first == 0 {
        return None;
    }
    let mut end = at + first;
    let mut digits: String = text.get(at..end)?.to_owned();
    if first <= 3 {
        // Groups of three, or of two when a further group follows, as in 2,00,000.
        let mut next = end;
        let mut grouped = digits.clone();
        while bytes.get(next) == Some(&b',') {
            let n = run(next + 1);
            if n != 3 && n != 2 {
                break;
            }
            grouped.push_str(text.get(next + 1..next + 1 + n)?);
            next += 1 + n;
            if n == 3 && bytes.get(next) != Some(&b',') {
                digits.clone_from(&grouped);
                end = next;
            }
        }
    }
    if digits.len() > 18 {
        return None;
    }
    let whole: i128 = digits.parse().ok()?;
    let mut micro = whole * 1_000_000;
    if bytes.get(end) == Some(&b'.') {
        let n = run(end + 1);
        if n > 0 {
            let fraction: String = text.get(end + 1..end + 1 + n.min(6))?.to_owned();
            let padded = format!("{fraction:0<6}");
            micro += padded.parse::<i128>().ok()?;
            end += 1 + n;
        }
    }
    Some((Decimal { micro }, end))
}

/// The integer at byte `at`, Arabic or Chinese, and where it ends.
pub fn integer_at(text: &str, at: usize) -> Option<(i64, usize)> {
    if let Some((number, end)) = decimal_at(text, at) {
        return number.integer().map(|n| (n, end));
    }
    chinese_at(text, at)
}

/// The Chinese number at byte `at` and where it ends.
pub fn chinese_at(text: &str, at: usize) -> Option<(i64, usize)> {
    let rest = text.get(at..)?;
    let length: usize = rest.chars().take(40).take_while(|&c| is_chinese_numeral(c)).map(char::len_utf8).sum();
    let number = chinese_integer(rest.get(..length)?)?;
    Some((number, at + length))
}

/// The value of an English number word up to twelve and the usual tens.
pub fn english_word(word: &str) -> Option<i64> {
    Some(match word.to_ascii_lowercase().as_str() {
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "fifteen" => 15,
        "eighteen" => 18,
        "twenty" => 20,
        "twenty-four" => 24,
        "thirty" => 30,
        "thirty-six" => 36,
        "forty" => 40,
        "forty-five" => 45,
        "sixty" => 60,
        "ninety" => 90,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_numbers_are_read_in_all_writings() {
        let cases = [
            ("十", 10),
            ("十五", 15),
            ("一百二十", 120),
            ("九十", 90),
            ("壹佰玖拾柒万肆仟", 1_974_000),
            ("叁亿零伍拾万", 300_500_000),
            ("二〇二六", 2026),
            ("廿五", 25),
            ("两", 2),
            ("一万二千亿", 1_200_000_000_000),
        ];
        for (text, value) in cases {
            assert_eq!(chinese_integer(text), Some(value), "{text}");
        }
        assert_eq!(chinese_integer("采购"), None);
        assert_eq!(chinese_integer(&"亿".repeat(30)), None);
    }

    #[test]
    fn grouped_decimals_end_where_the_group_ends() {
        assert_eq!(Decimal::parse("1,974,000.50").map(|d| d.micro), Some(1_974_000_500_000));
        assert_eq!(Decimal::parse("2,00,000").and_then(Decimal::integer), Some(200_000));
        assert_eq!(decimal_at("3,4包", 0).map(|(d, e)| (d.integer(), e)), Some((Some(3), 1)));
        assert_eq!(decimal_at("5,123,45", 0).map(|(d, e)| (d.integer(), e)), Some((Some(5), 1)));
    }
}
