//! Arabic and Chinese numbers, in running and in banker's writing.
//!
//! Integers only keep what fits in an `i64`; decimals are held in millionths, so that money never passes
//! through a float.

use std::sync::LazyLock;

use regex::Regex;

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

/// What a number is counted in, where a Chinese numeral before it is surely one.
const COUNTED: [&str; 20] = [
    "年",
    "个月",
    "小时",
    "分钟",
    "秒",
    "日历天",
    "日历日",
    "个工作日",
    "工作日",
    "天",
    "周",
    "名",
    "辆",
    "台",
    "套",
    "次",
    "元",
    "座",
    "家",
    "周岁",
];

/// `一个半小时`, `4个半月`, `两天半`: a half more than the number before it.
static HALVES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(\d{1,3}|[一二两三四五六七八九十])个半(小时|月|工作日|学时)").ok());

/// A text with its Chinese numerals as digits where they count something: `不超过五年`, `叁佰万元`, `半小时`.
pub fn with_digits(text: &str) -> String {
    let halves = HALVES.as_ref().map(|p| {
        p.replace_all(text, |found: &regex::Captures<'_>| {
            let part = |i: usize| found.get(i).map_or("", |m| m.as_str());
            match count(part(1)) {
                Some(whole) => format!("{whole}.5{}{}", if part(2) == "月" { "个" } else { "" }, part(2)),
                None => part(0).to_owned(),
            }
        })
    });
    let text = halves.as_deref().unwrap_or(text);
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let numeral = |c: char| is_chinese_numeral(c) || c == '半';
        let run: &str = rest.get(..rest.find(|c| !numeral(c)).unwrap_or(rest.len())).unwrap_or_default();
        if run.is_empty() {
            done.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        rest = rest.get(run.len()..).unwrap_or_default();
        let counted = COUNTED.iter().any(|w| rest.starts_with(w));
        // 200万元, 第三年 and 每一名 are no numbers of their own; 一次 and 一套 often mean nothing.
        let joined = done.chars().next_back().is_some_and(|c| c.is_ascii_digit() || "第周期其每任同逐数.".contains(c));
        let vague =
            matches!(run, "一" | "两") && ["名", "台", "套", "次", "座", "家"].iter().any(|w| rest.starts_with(w));
        let value = match run {
            "半" => Some("0.5".to_owned()),
            _ => chinese_integer(run).map(|n| n.to_string()),
        };
        match value.filter(|_| counted && !joined && !vague) {
            Some(digits) => done.push_str(&digits),
            None => done.push_str(run),
        }
    }
    done
}

/// A small count in whatever manner it is written: `12`, `十二`, `两`, `twelve`.
pub fn count(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| chinese_integer(text)).or_else(|| english_word(text))
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
            // The comma of a sentence, as in `340,000, exclusive of tax`, goes on to no group.
            if n == 3 && !(bytes.get(next) == Some(&b',') && run(next + 1) > 0) {
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

/// The Roman number, one to ten, that a text is: `Ⅲ`, `III`.
pub fn roman(text: &str) -> Option<i64> {
    const SIGNS: [&str; 10] = ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ", "Ⅶ", "Ⅷ", "Ⅸ", "Ⅹ"];
    const LETTERS: [&str; 10] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"];
    let numbers = if text.is_ascii() { LETTERS } else { SIGNS };
    numbers.iter().position(|n| *n == text).and_then(|at| i64::try_from(at + 1).ok())
}

/// The value of an English number word below a hundred, `twenty-four` among them.
pub fn english_word(word: &str) -> Option<i64> {
    word.split('-').map(english_digit).sum()
}

/// The English number that `text` begins with, `four hundred and eighty-one thousand`, and its length.
///
/// Two words at least, one of them a power: `one` alone is an article as often as a number.
pub fn english_integer(text: &str) -> Option<(i64, usize)> {
    let (mut total, mut group, mut end, mut has_power) = (0_i64, None::<i64>, 0, false);
    let mut at = 0;
    for piece in text.split_inclusive(|c: char| !c.is_ascii_alphabetic()) {
        let word = piece.trim_end_matches(|c: char| !c.is_ascii_alphabetic()).to_lowercase();
        let start = at;
        at += piece.len();
        match number_word(&word) {
            Some(EnglishWord::Digit(n)) => group = Some(group.unwrap_or(0) + n),
            Some(EnglishWord::Hundred) => {
                has_power = true;
                group = Some(group?.checked_mul(100)?);
            }
            Some(EnglishWord::Power(power)) => {
                has_power = true;
                total = total.checked_add(group.take()?.checked_mul(power)?)?;
            }
            // Blanks and hyphens, and an `and` between two words of the number.
            None if word.is_empty() && piece.trim_matches([' ', '-', ',']).is_empty() => continue,
            None if word == "and" && end > 0 && !begins_cents(text.get(at..).unwrap_or_default()) => continue,
            None => break,
        }
        end = start + word.len();
        // What ends the word must be able to join it to the next.
        if !piece.get(word.len()..).unwrap_or_default().trim_matches([' ', '-', ',']).is_empty() {
            break;
        }
    }
    has_power.then_some((total.checked_add(group.unwrap_or(0))?, end))
}

/// The hundredth part of a currency in sums in words.
pub const CENTS: [&str; 3] = ["cents", "paise", "pence"];

/// Whether the words behind an `and` count cents: `fifty-five cents only`.
fn begins_cents(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty());
    let next = words.skip_while(|w| english_digit(w).is_some()).map(str::to_lowercase).next();
    next.is_some_and(|w| CENTS.contains(&w.as_str()))
}

enum EnglishWord {
    Digit(i64),
    Hundred,
    Power(i64),
}

fn number_word(word: &str) -> Option<EnglishWord> {
    Some(match word {
        "hundred" | "hundreds" => EnglishWord::Hundred,
        "thousand" | "thousands" => EnglishWord::Power(1_000),
        "lakh" | "lakhs" | "lac" | "lacs" => EnglishWord::Power(100_000),
        "million" | "millions" => EnglishWord::Power(1_000_000),
        "crore" | "crores" => EnglishWord::Power(10_000_000),
        "billion" | "billions" => EnglishWord::Power(1_000_000_000),
        _ => EnglishWord::Digit(english_digit(word)?),
    })
}

/// What one word without a hyphen counts for.
fn english_digit(word: &str) -> Option<i64> {
    const DIGITS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let place = |of: &[&str]| of.iter().position(|w| w.eq_ignore_ascii_case(word)).and_then(|n| i64::try_from(n).ok());
    place(&DIGITS).or_else(|| place(&TENS).map(|n| (n + 2) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_that_count_become_digits() {
        for (text, digits) in [
            ("车龄均未超过五年", "车龄均未超过5年"),
            ("保额叁佰万元", "保额3000000元"),
            ("半小时内到达,十五分钟内响应", "0.5小时内到达,15分钟内响应"),
            ("保额200万元", "保额200万元"),
            ("第三年起每一名人员三方一次签署", "第三年起每一名人员三方一次签署"),
            ("额定功率五千瓦", "额定功率五千瓦"),
        ] {
            assert_eq!(with_digits(text), digits);
        }
    }

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
        assert_eq!(decimal_at("340,000, exclusive", 0).map(|(d, e)| (d.integer(), e)), Some((Some(340_000), 7)));
        assert_eq!(decimal_at("5,123,45", 0).map(|(d, e)| (d.integer(), e)), Some((Some(5), 1)));
    }

    #[test]
    fn english_numbers_are_read_from_their_words() {
        let read =
            |text: &str| english_integer(text).map(|(n, end)| (n, text.get(end..).unwrap_or_default().to_owned()));
        let rest = |n: i64, rest: &str| Some((n, rest.to_owned()));
        assert_eq!(read("six hundred and twenty-one thousand US dollars"), rest(621_000, " US dollars"));
        assert_eq!(read("One Million, Two Hundred Thousand and Five only"), rest(1_200_005, " only"));
        assert_eq!(read("twelve lakh fifty thousand rupees"), rest(1_250_000, " rupees"));
        assert_eq!(read("One Thousand and Fifty-Five Cents"), rest(1_000, " and Fifty-Five Cents"));
        assert_eq!(read("one hundred and twenty thousand cents"), rest(120_000, " cents"));
        assert_eq!(read("hundred"), None);
        assert_eq!(read("one of the hundred"), None);
        assert_eq!(read("two years"), None);
    }
}
