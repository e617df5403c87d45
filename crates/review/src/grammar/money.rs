//! Amounts of money, in figures and in words, Chinese, Indian and Western.
//!
//! An amount needs a sign that it is money (`元`, `万元`, `¥`, `Rs.`, `USD`, a capital Chinese amount), unless
//! the caller knows the unit, as in a column headed `预算金额（万元）`.

use std::ops::Range;

use bidlens_domain::money::{Currency, Money};

use super::numbers::{
    CENTS, Decimal, chinese_integer, decimal_at, digit, english_integer, english_word, is_chinese_numeral,
};

/// An amount and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    pub money: Money,
    pub range: Range<usize>,
    /// Written in Chinese capitals (大写) or in English words, not in figures.
    pub in_words: bool,
    /// A price for each of something (`元/月`, `元/吨`), not a sum.
    pub per_unit: bool,
}

/// What one counts for when a number stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Yuan,
    TenThousandYuan,
    HundredMillionYuan,
}

impl Unit {
    fn factor(self) -> i128 {
        match self {
            Unit::Yuan => 1,
            Unit::TenThousandYuan => 10_000,
            Unit::HundredMillionYuan => 100_000_000,
        }
    }

    /// The unit a heading or label names: `（万元）`, `单位：元`.
    pub fn of_label(label: &str) -> Option<Unit> {
        if label.contains("万元") {
            Some(Unit::TenThousandYuan)
        } else if label.contains("亿元") {
            Some(Unit::HundredMillionYuan)
        } else if label.contains("(元") || label.contains("元)") || label.contains(":元") || label.contains("（元")
        {
            Some(Unit::Yuan)
        } else {
            None
        }
    }
}

/// Every amount of `text` that says itself that it is money, in order.
pub fn find(text: &str) -> Vec<Amount> {
    scan(text, None)
}

/// As [`find`], and a number alone counts as money in `unit`.
pub fn find_in_unit(text: &str, unit: Unit) -> Vec<Amount> {
    scan(text, Some(unit))
}

/// The first amount that is a sum, not a unit price; figures before words.
pub fn first(text: &str) -> Option<Amount> {
    let amounts = find(text);
    amounts.iter().find(|a| !a.per_unit && !a.in_words).or_else(|| amounts.iter().find(|a| !a.per_unit)).cloned()
}

fn scan(text: &str, unit: Option<Unit>) -> Vec<Amount> {
    let mut amounts = Vec::new();
    let mut skip = 0;
    for (at, c) in text.char_indices() {
        if at < skip {
            continue;
        }
        let amount = if c.is_ascii_digit() {
            let Some((number, end)) = decimal_at(text, at) else {
                continue;
            };
            skip = end;
            in_figures(text, at, number, end, unit)
        } else if is_chinese_numeral(c) {
            let length: usize = text
                .get(at..)
                .unwrap_or_default()
                .chars()
                .take(40)
                .take_while(|&c| is_chinese_numeral(c))
                .map(char::len_utf8)
                .sum();
            skip = at + length;
            in_words(text, at, at + length)
        } else if c.is_ascii_alphabetic() && !after_letter(text, at) {
            in_english_words(text, at, amounts.last())
        } else {
            None
        };
        if let Some(amount) = amount {
            skip = amount.range.end;
            amounts.push(amount);
        }
    }
    amounts
}

/// The amount whose figures stand at `at..end`.
fn in_figures(text: &str, at: usize, number: Decimal, end: usize, unit: Option<Unit>) -> Option<Amount> {
    let before = text.get(..at)?.trim_end();
    let prefix = currency_before(before);
    // EUR 2 550 000: thousands set apart by spaces.
    let (number, end) = match prefix.as_ref().and_then(|_| spaced_thousands(text, at, end)) {
        Some(grouped) => grouped,
        None => (number, end),
    };
    let rest = text.get(end..)?;
    let gap = rest.len() - rest.trim_start_matches(' ').len();
    // `/-` closes Indian amounts.
    let after = rest.trim_start_matches(' ');
    let after_dash = after.strip_prefix("/-").unwrap_or(after).trim_start();
    if after.starts_with(['%', '％', '‰', '年', '月', '日', '天', '时']) && prefix.is_none() {
        return None;
    }
    let lower: String = after_dash.chars().take(12).flat_map(char::to_lowercase).collect();
    let scales: [(&str, i128); 12] = [
        ("亿", 100_000_000),
        ("千万", 10_000_000),
        ("百万", 1_000_000),
        ("万", 10_000),
        ("仟", 1_000),
        ("crore", 10_000_000),
        ("cr.", 10_000_000),
        ("lakh", 100_000),
        ("lac", 100_000),
        ("million", 1_000_000),
        ("billion", 1_000_000_000),
        ("thousand", 1_000),
    ];
    let scale = scales.iter().find(|(word, _)| lower.starts_with(word));
    let mut tail = end + gap;
    let mut factor = 1;
    if let Some((word, f)) = scale {
        factor = *f;
        tail = end + (rest.len() - after_dash.len()) + word.len();
        let left = text.get(tail..).unwrap_or_default();
        tail += left.len() - left.strip_prefix('s').unwrap_or(left).len();
    }
    // £2.4m
    if factor == 1 && gap == 0 && prefix.is_some() {
        let letters: String = rest.chars().take_while(char::is_ascii_alphabetic).flat_map(char::to_lowercase).collect();
        let scales = [("m", 1_000_000), ("k", 1_000), ("bn", 1_000_000_000)];
        if let Some((letters, f)) = scales.iter().find(|(word, _)| *word == letters) {
            factor = *f;
            tail = end + letters.len();
        }
    }
    // 7万8千元
    let mut more = 0;
    if scale.is_some_and(|(word, _)| *word == "万")
        && let Some((thousands, behind)) = decimal_at(text, tail)
        && let Some(word) = ["千", "仟"].iter().find(|w| text.get(behind..).is_some_and(|t| t.starts_with(**w)))
        && thousands.integer().is_some_and(|n| (1..=9).contains(&n))
    {
        more = thousands.micro * 1_000;
        tail = behind + word.len();
    }
    let rest = text.get(tail..).unwrap_or_default();
    let trimmed = rest.trim_start();
    let suffix = currency_after(trimmed);
    let scaled_chinese = scale.is_some_and(|(word, _)| !word.is_ascii());
    let (currency, range_end) = match (&prefix, suffix) {
        (Some((code, _)), Some((_, length))) => (*code, tail + (rest.len() - trimmed.len()) + length),
        (Some((code, _)), None) => (*code, if factor > 1 { tail } else { end }),
        (None, Some((code, length))) => (code, tail + (rest.len() - trimmed.len()) + length),
        // 30万 without 元 is money only where the next character does not make it something else.
        (None, None) if scaled_chinese && !trimmed.starts_with(is_measure) => ("CNY", tail),
        // Lakh and crore count rupees; 38 million may count anything.
        (None, None) if scale.is_some_and(|(word, _)| INDIAN.contains(word)) => ("INR", tail),
        (None, None) => {
            let unit = unit?;
            if trimmed.starts_with(is_measure)
                || before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/'))
            {
                return None;
            }
            factor = unit.factor();
            ("CNY", end)
        }
    };
    // R134a, R32 and R = 50 are no sums: a Rand stands before thousands, or before a scale.
    let rand = before.strip_suffix(RAND).is_some_and(|t| !t.ends_with(|c: char| c.is_alphanumeric()));
    if rand && currency == "ZAR" {
        let letters = rest.starts_with(|c: char| c.is_alphanumeric());
        if factor == 1 && (number.micro < 1_000_000_000 || letters) || before.len() + 1 < at {
            return None;
        }
    }
    // The figure stands in the label's unit when it brings none of its own.
    let start = prefix.as_ref().map_or(at, |(_, start)| *start);
    let minor = number.micro.checked_mul(factor)?.checked_add(more)? / 10_000;
    let tail = text.get(range_end..).unwrap_or_default().trim_start();
    Some(Amount {
        money: Money { minor: i64::try_from(minor).ok()?, currency: Currency::new(currency) },
        range: start..range_end,
        in_words: false,
        per_unit: per_unit(tail),
    })
}

/// The number whose groups of three digits stand apart, and where it ends.
fn spaced_thousands(text: &str, at: usize, end: usize) -> Option<(Decimal, usize)> {
    let mut digits = text.get(at..end).filter(|d| d.len() <= 3 && d.bytes().all(|b| b.is_ascii_digit()))?.to_owned();
    let mut end = end;
    while let Some(group) = text.get(end..).and_then(|t| t.strip_prefix(' ')).and_then(|t| t.get(..3))
        && group.bytes().all(|b| b.is_ascii_digit())
        && !text.get(end + 4..).is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()))
    {
        digits.push_str(group);
        end += 4;
    }
    if digits.len() <= 3 {
        return None;
    }
    // The decimals stand behind the last group: 612 000.50, 612 000,50.
    let fraction = text.get(end..).and_then(|t| t.strip_prefix(['.', ','])).and_then(|t| t.get(..2));
    if let Some(fraction) = fraction
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && !text.get(end + 3..).is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()))
    {
        digits.push('.');
        digits.push_str(fraction);
        end += 3;
    }
    Some((Decimal::parse(&digits)?, end))
}

fn per_unit(tail: &str) -> bool {
    (tail.starts_with('/') && !tail.starts_with("/-") && !tail.starts_with("/包") && !tail.starts_with("/标"))
        || tail.starts_with("每")
}

fn is_measure(c: char) -> bool {
    matches!(
        c,
        '人' | '个'
            | '台'
            | '套'
            | '吨'
            | '平'
            | '立'
            | '米'
            | '公'
            | '千'
            | '只'
            | '件'
            | '户'
            | '亩'
            | '次'
            | '条'
            | '年'
            | '月'
            | '日'
            | '天'
            | '%'
            | '％'
            | '㎡'
            | 'm'
            | '册'
            | '份'
            | '批'
            | '项'
            | '像'
            | '倍'
            | '辆'
            | '字'
    )
}

/// The capital amount at `at..end`: it must say 元, 圆 or 整 behind it.
fn in_words(text: &str, at: usize, end: usize) -> Option<Amount> {
    // (万元): a unit alone is no amount.
    if text.get(at..end)?.chars().all(|c| matches!(c, '千' | '万' | '亿' | '百')) {
        return None;
    }
    let rest = text.get(end..)?;
    let unit = ["元", "圆", "圓"].into_iter().find(|u| rest.starts_with(u))?;
    let mut tail = end + unit.len();
    let mut minor = i128::from(chinese_integer(text.get(at..end)?)?) * 100;
    for (word, worth) in [("角", 10), ("分", 1)] {
        let left = text.get(tail..).unwrap_or_default();
        let left = left.strip_prefix('零').unwrap_or(left);
        let mut chars = left.chars();
        if let Some(d) = chars.next().and_then(digit)
            && chars.as_str().starts_with(word)
        {
            minor += i128::from(d) * worth;
            tail = text.len() - chars.as_str().len() + word.len();
        }
    }
    let left = text.get(tail..).unwrap_or_default();
    for end_word in ["整", "正"] {
        if left.starts_with(end_word) {
            tail += end_word.len();
        }
    }
    Some(Amount {
        money: Money::cny_minor(i64::try_from(minor).ok()?),
        range: at..tail,
        in_words: true,
        per_unit: per_unit(text.get(tail..).unwrap_or_default()),
    })
}

/// Whether a letter or digit stands right before `at`.
fn after_letter(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric()))
}

/// The amount in English words at `at`: a currency stands before or behind it, or `only` closes it.
fn in_english_words(text: &str, at: usize, last: Option<&Amount>) -> Option<Amount> {
    let (whole, length) = english_integer(text.get(at..)?)?;
    let mut end = at + length;
    let rest = || text.get(end..).unwrap_or_default();
    let behind = rest().trim_start().to_ascii_lowercase();
    let named = ENGLISH_CURRENCIES.iter().find(|(word, _)| behind.starts_with(word));
    let before = text.get(..at)?.trim_end_matches([' ', ':', '(']);
    let lower = before.to_ascii_lowercase();
    let leading = ENGLISH_CURRENCIES.iter().find(|(word, _)| lower.ends_with(word));
    let start = leading.map_or(at, |(word, _)| before.len() - word.len());
    // Bare dollars are those of the figures beside them.
    let code = match (named.or(leading), currency_before(before)) {
        (Some((_, Some(code))), _) => (*code).to_owned(),
        (_, Some((code, _))) => code.to_owned(),
        (Some((_, None)), _) => last.map_or_else(|| "USD".to_owned(), |a| a.money.currency.code().to_owned()),
        (None, None) if behind.starts_with("only") => last?.money.currency.code().to_owned(),
        (None, None) => return None,
    };
    if let Some((word, _)) = named {
        end += rest().len() - rest().trim_start().len() + word.len();
    }
    let (cents, length) = cents(text.get(end..).unwrap_or_default()).unwrap_or_default();
    Some(Amount {
        money: Money { minor: whole.checked_mul(100)?.checked_add(cents)?, currency: Currency::new(&code) },
        range: start..end + length,
        in_words: true,
        per_unit: false,
    })
}

/// Names of currencies in sums in words, the longer first; dollars alone may be anybody's.
const ENGLISH_CURRENCIES: [(&str, Option<&str>); 22] = [
    ("united states dollars", Some("USD")),
    ("united states dollar", Some("USD")),
    ("us dollars", Some("USD")),
    ("us dollar", Some("USD")),
    ("u.s. dollars", Some("USD")),
    ("american dollars", Some("USD")),
    ("pounds sterling", Some("GBP")),
    ("kenya shillings", Some("KES")),
    ("philippine pesos", Some("PHP")),
    ("indian rupees", Some("INR")),
    ("chinese yuan", Some("CNY")),
    ("yuan", Some("CNY")),
    ("renminbi", Some("CNY")),
    ("euros", Some("EUR")),
    ("euro", Some("EUR")),
    ("dollars", None),
    ("rupees", None),
    ("pesos", None),
    ("pounds", None),
    ("shillings", None),
    ("naira", None),
    ("rand", None),
];

/// `and fifty cents`, `and 50/100` behind the whole part, and its length.
fn cents(text: &str) -> Option<(i64, usize)> {
    let text = text.to_ascii_lowercase();
    let rest = text.trim_start_matches([' ', ',']).strip_prefix("and ")?;
    let at = text.len() - rest.len();
    if let Some((digits, _)) = rest.split_once("/100") {
        let cents = digits.trim().parse().ok().filter(|n| (0..100).contains(n))?;
        return Some((cents, at + digits.len() + "/100".len()));
    }
    let below_hundred =
        |words: &str| words.split_whitespace().map(english_word).sum::<Option<i64>>().filter(|n| (1..100).contains(n));
    // `and cents fifty only`: the name may stand before its number.
    if let Some(behind) = CENTS.iter().find_map(|w| rest.strip_prefix(w)) {
        let words = behind.split_inclusive(|c: char| !c.is_ascii_alphabetic());
        let length = words
            .take_while(|w| {
                let word = w.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
                word.is_empty() || english_word(word).is_some()
            })
            .map(str::len)
            .sum();
        let number = behind.get(..length)?.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
        return Some((below_hundred(number)?, text.len() - behind.len() + number.len()));
    }
    let (start, end) = CENTS.iter().find_map(|w| rest.find(w).map(|at| (at, at + w.len())))?;
    Some((below_hundred(rest.get(..start)?)?, at + end))
}

/// Scales that alone make a number a sum.
const INDIAN: [&str; 4] = ["crore", "cr.", "lakh", "lac"];

/// The sign of the Rand, a letter that stands before other numbers as well.
const RAND: &str = "R";

/// The currency sign that ends `before`, and where it starts.
fn currency_before(before: &str) -> Option<(&'static str, usize)> {
    const SIGNS: &[(&str, &str)] = &[
        ("¥", "CNY"),
        ("￥", "CNY"),
        ("人民币", "CNY"),
        ("RMB", "CNY"),
        ("CNY", "CNY"),
        ("Rs.", "INR"),
        ("Rs", "INR"),
        ("RS.", "INR"),
        ("INR", "INR"),
        ("₹", "INR"),
        ("US$", "USD"),
        ("A$", "AUD"),
        ("C$", "CAD"),
        ("NZ$", "NZD"),
        ("J$", "JMD"),
        ("TT$", "TTD"),
        ("EC$", "XCD"),
        ("N$", "NAD"),
        ("S$", "SGD"),
        ("HK$", "HKD"),
        ("USD", "USD"),
        ("$", "USD"),
        ("EUR", "EUR"),
        ("€", "EUR"),
        ("GBP", "GBP"),
        ("£", "GBP"),
        ("Php", "PHP"),
        ("PhP", "PHP"),
        ("MYR", "MYR"),
        ("UGX", "UGX"),
        ("TZS", "TZS"),
        ("PHP", "PHP"),
        ("₱", "PHP"),
        ("KES", "KES"),
        ("KSh", "KES"),
        ("Ksh", "KES"),
        ("KShs.", "KES"),
        ("KShs", "KES"),
        ("Kshs.", "KES"),
        ("Kshs", "KES"),
        ("Ksh.", "KES"),
        ("KSh.", "KES"),
        ("Kes", "KES"),
        ("UShs", "UGX"),
        ("TShs", "TZS"),
        ("NGN", "NGN"),
        ("₦", "NGN"),
        ("ZAR", "ZAR"),
        (RAND, "ZAR"),
        ("BDT", "BDT"),
        ("Tk.", "BDT"),
        ("Tk", "BDT"),
        ("PKR", "PKR"),
        ("NPR", "NPR"),
        ("LKR", "LKR"),
        ("AUD", "AUD"),
        ("CAD", "CAD"),
        ("SGD", "SGD"),
        ("HKD", "HKD"),
        ("JPY", "JPY"),
        ("AED", "AED"),
        ("SAR", "SAR"),
        ("QAR", "QAR"),
        ("OMR", "OMR"),
        ("KWD", "KWD"),
        ("BHD", "BHD"),
        ("EGP", "EGP"),
        ("ZMW", "ZMW"),
        ("GHS", "GHS"),
        ("RWF", "RWF"),
        ("ETB", "ETB"),
        ("CHF", "CHF"),
        ("NZD", "NZD"),
        ("THB", "THB"),
        ("GH¢", "GHS"),
        ("GH₵", "GHS"),
        ("JMD", "JMD"),
        ("TTD", "TTD"),
        ("XCD", "XCD"),
        ("BBD", "BBD"),
        ("GYD", "GYD"),
        ("NAD", "NAD"),
        ("BWP", "BWP"),
        ("MWK", "MWK"),
        ("SLE", "SLE"),
        ("FJD", "FJD"),
        ("PGK", "PGK"),
        ("BTN", "BTN"),
        ("VND", "VND"),
        ("IDR", "IDR"),
        ("SEK", "SEK"),
        ("NOK", "NOK"),
        ("DKK", "DKK"),
        ("PLN", "PLN"),
    ];
    let trimmed = before.trim_end_matches([':', '(', ' ']);
    SIGNS.iter().find_map(|(sign, code)| {
        let stripped = trimmed.strip_suffix(sign)?;
        // "Rs" must not be the end of a longer word.
        if sign.starts_with(|c: char| c.is_ascii_alphabetic()) && stripped.ends_with(|c: char| c.is_ascii_alphabetic())
        {
            return None;
        }
        Some((*code, stripped.len()))
    })
}

/// The currency word that opens `after`, and its length.
fn currency_after(after: &str) -> Option<(&'static str, usize)> {
    const WORDS: [(&str, &str); 14] = [
        ("人民币元", "CNY"),
        ("人民币", "CNY"),
        ("元人民币", "CNY"),
        ("元", "CNY"),
        ("圆", "CNY"),
        ("RMB", "CNY"),
        ("CNY", "CNY"),
        ("美元", "USD"),
        ("欧元", "EUR"),
        ("USD", "USD"),
        ("US Dollars", "USD"),
        ("EUR", "EUR"),
        ("INR", "INR"),
        ("Rupees", "INR"),
    ];
    WORDS.iter().find(|(word, _)| after.starts_with(word)).map(|(word, code)| (*code, word.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        find(text).iter().map(|a| format!("{} {}", a.money, &text[a.range.clone()])).collect()
    }

    #[test]
    fn amounts_are_read_in_every_writing() {
        assert_eq!(read("预算:197.4万元"), ["1,974,000 CNY 197.4万元"]);
        assert_eq!(read("¥171867.30元"), ["171,867.30 CNY ¥171867.30元"]);
        assert_eq!(read("9,323,695.00元"), ["9,323,695 CNY 9,323,695.00元"]);
        assert_eq!(read("人民币(大写)壹佰贰拾万叁仟元伍角整"), ["1,203,000.50 CNY 壹佰贰拾万叁仟元伍角整"]);
        assert_eq!(read("总投资1.2亿元"), ["120,000,000 CNY 1.2亿元"]);
        assert_eq!(read("Rs. 12.5 Lakhs only"), ["1,250,000 INR Rs. 12.5 Lakhs"]);
        assert_eq!(read("EMD of Rs. 2,00,000/-"), ["200,000 INR Rs. 2,00,000"]);
        assert_eq!(read("USD 50,000"), ["50,000 USD USD 50,000"]);
        assert_eq!(
            read("USD 612,000.00 (six hundred and twelve thousand US dollars)"),
            ["612,000 USD USD 612,000.00", "612,000 USD six hundred and twelve thousand US dollars"]
        );
        assert_eq!(
            read("Say US Dollars one hundred twenty thousand only"),
            ["120,000 USD US Dollars one hundred twenty thousand"]
        );
        assert_eq!(
            read("AUD 1,050.50, one thousand fifty dollars and fifty cents").last().map(String::as_str),
            Some("1,050.50 AUD one thousand fifty dollars and fifty cents")
        );
        for cents in ["Fifty Cents", "Cents Fifty"] {
            assert_eq!(
                read(&format!("US Dollars One Hundred Twenty Thousand and {cents} Only")),
                [format!("120,000.50 USD US Dollars One Hundred Twenty Thousand and {cents}")]
            );
        }
        assert_eq!(
            read("Rs. 12,00,000.55 (Rupees Twelve Lakh and Fifty-Five Paise Only)").last().map(String::as_str),
            Some("1,200,000.55 INR Rupees Twelve Lakh and Fifty-Five Paise")
        );
        assert_eq!(read("EUR 612 000.50"), ["612,000.50 EUR EUR 612 000.50"]);
        assert_eq!(read("EUR 612 000,50 in total"), ["612,000.50 EUR EUR 612 000,50"]);
        assert_eq!(read("EUR 612 000, 50 days"), ["612,000 EUR EUR 612 000"]);
        assert_eq!(read("two hundred years, one hundred and fifty chairs"), Vec::<String>::new());
        assert_eq!(read("£2.4m over three years"), ["2,400,000 GBP £2.4m"]);
        assert_eq!(read("超过7万8千元的"), ["78,000 CNY 7万8千元"]);
        assert_eq!(read("up to CAD 340,000, exclusive of tax"), ["340,000 CAD CAD 340,000"]);
        assert_eq!(read("2025年1月30日前,共3家,80分"), Vec::<String>::new());
    }

    #[test]
    fn unit_prices_are_marked() {
        let amounts = find("控制价500元/吨");
        assert!(amounts.first().is_some_and(|a| a.per_unit));
        assert_eq!(first("单价500元/月,合计6000元").map(|a| a.money.minor), Some(600_000));
    }

    #[test]
    fn a_known_unit_makes_money_of_bare_numbers() {
        let read = |text: &str, unit| -> Vec<i64> { find_in_unit(text, unit).iter().map(|a| a.money.minor).collect() };
        assert_eq!(read("87.5", Unit::TenThousandYuan), [87_500_000]);
        assert_eq!(read("1973.55", Unit::TenThousandYuan), [1_973_550_000]);
        assert_eq!(read("3年", Unit::Yuan), Vec::<i64>::new());
        assert_eq!(Unit::of_label("预算金额(万元)"), Some(Unit::TenThousandYuan));
    }
}
