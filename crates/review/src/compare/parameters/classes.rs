//! Classes by a letter and a number (C30, D400, PN16, CS3) and sizes that are a product (4×750mL).

use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::numbers::Decimal;
use crate::grammar::units;

/// `不低于D400`, `≥C30`, `(CS3)及以上`: the lowest class that is accepted.
static LEAST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:不低于|不小于|不得低于|≥|>=|at least|not less than)\s*(?:class\s*)?([A-Z]{1,4})-?(\d{1,4})(?:级|\b)|([A-Z]{1,4})-?(\d{1,4})\)?\s*级?\s*(?:及|或)?以上",
    )
    .ok()
});
static CLASS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b([A-Z]{1,4})-?(\d{1,4})\b").ok());
/// Classes of load by EN 124: each letter has its number.
const LOADS: [(&str, u32); 6] = [("A", 15), ("B", 125), ("C", 250), ("D", 400), ("E", 600), ("F", 900)];

/// Whether a class is the better the greater its number is. Of precision, cleanliness and fire it is the other way
/// round, so that only what is known to rise is compared.
fn rises(demand: &str, letters: &str, number: u32) -> bool {
    const RISING: [&str; 13] = ["C", "D", "M", "MU", "MB", "PN", "CS", "Q", "HRB", "SN", "CMMI", "IK", "CAT"];
    const FALLING: [&str; 6] = ["精度", "公差", "洁净", "砝码", "轴承", "粗糙"];
    let known = RISING.contains(&letters)
        || LOADS.contains(&(letters, number))
        || letters == "P" && demand.contains("抗渗")
        || letters == "F" && demand.contains("抗冻");
    known && !FALLING.iter().any(|w| demand.contains(w))
}

/// The class that a demand sets as the least and a lower one of its kind in the answer.
pub(super) fn lower_class(demand: &str, answer: &str) -> Option<(String, String)> {
    let mut least = LEAST.as_ref()?.captures_iter(demand);
    let (found, None) = (least.next()?, least.next()) else { return None };
    let group = |a: usize, b: usize| found.get(a).or_else(|| found.get(b)).map_or("", |m| m.as_str());
    let (letters, number) = (group(1, 3), group(2, 4).parse::<u32>().ok()?);
    if !rises(demand, letters, number) {
        return None;
    }
    let load = LOADS.contains(&(letters, number));
    // Folded text joins 等级 and C250.
    let spaced: String = answer.chars().map(|c| if c.is_ascii() { c } else { ' ' }).collect();
    let offered: Vec<(String, u32)> = CLASS
        .as_ref()?
        .captures_iter(&spaced)
        .filter_map(|c| Some((c.get(1)?.as_str().to_owned(), c.get(2)?.as_str().parse().ok()?)))
        .filter(|(own, n)| if load { LOADS.contains(&(own.as_str(), *n)) } else { own == letters })
        .collect();
    // Several classes of one kind are of several things.
    let [(own, offered)] = offered.as_slice() else { return None };
    (*offered < number).then(|| (format!("{letters}{number}"), format!("{own}{offered}")))
}

/// Grades of exhaust: 国五, 国六, Euro 4.
static EMISSION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^\p{Han}]|[为到合足用达准])国\s?([三四五六ⅢⅣⅤⅥ]|I{3}|IV|VI?)|(?i:euro)[- ]?(VI|IV|V|I{3}|[3-6])")
        .ok()
});

/// The one grade of exhaust of a text, and its words; vehicles without exhaust have none.
fn emission(text: &str) -> Option<(u8, String)> {
    let mut all = EMISSION.as_ref()?.captures_iter(text);
    let (found, None) = (all.next()?, all.next()) else { return None };
    let grade = match found.get(1).or(found.get(2))?.as_str() {
        "三" | "Ⅲ" | "III" | "3" => 3,
        "四" | "Ⅳ" | "IV" | "4" => 4,
        "五" | "Ⅴ" | "V" | "5" => 5,
        "六" | "Ⅵ" | "VI" | "6" => 6,
        _ => return None,
    };
    let words = found.get(0)?.as_str();
    Some((grade, words.get(words.find(['国', 'E', 'e'])?..)?.to_owned()))
}

/// An older grade of exhaust than the demand's.
pub(super) fn older_emission(demand: &str, answer: &str) -> Option<(String, String)> {
    const ABOUT: [&str; 8] = ["排放", "尾气", "柴油", "汽油", "车", "发动机", "euro", "engine"];
    if !ABOUT.iter().any(|w| demand.to_lowercase().contains(w)) {
        return None;
    }
    let ((wanted, asked), (offered, said)) = (emission(demand)?, emission(answer)?);
    (offered < wanted).then_some((asked, said))
}

/// Degrees of blasting by ISO 8501: Sa2, Sa2.5, Sa3.
static BLASTING: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"Sa\s?([123](?:\.5|½)?)").ok());

/// A lower degree of blasting than the demand's.
pub(super) fn less_blasted(demand: &str, answer: &str) -> Option<(String, String)> {
    let degree = |t: &str| {
        let mut all = BLASTING.as_ref()?.captures_iter(t);
        let (found, None) = (all.next()?, all.next()) else { return None };
        let value = Decimal::parse(&found.get(1)?.as_str().replace('½', ".5"))?.value();
        Some((value, found.get(0)?.as_str().to_owned()))
    };
    let ((wanted, asked), (offered, said)) = (degree(demand)?, degree(answer)?);
    (offered < wanted).then_some((asked, said))
}

/// Makes of a thing of which one is not the other. An answer that names both leaves it open.
const OPPOSITES: [(&str, &str); 12] = [
    ("变频", "定频"),
    ("冷缩", "热缩"),
    ("右舵", "左舵"),
    ("铜芯", "铝芯"),
    ("铝合金", "锌合金"),
    ("干式", "油浸"),
    ("在线式", "后备式"),
    ("彩色", "黑白"),
    ("全自动", "半自动"),
    ("right-hand", "left-hand"),
    ("diesel", "petrol"),
    ("stainless", "galvani"),
];

/// What an answer is made as instead of what the demand names: 定频 for 变频, R407C for R410A.
pub(super) fn made_otherwise(demand: &str, answer: &str) -> Option<(String, String)> {
    let (asked, said) = (demand.to_lowercase(), answer.to_lowercase());
    // Where the demand leaves a choice either may do.
    if ["或", "/", " or ", "均可"].iter().any(|w| asked.contains(w)) {
        return None;
    }
    let pairs = OPPOSITES.iter().flat_map(|&(a, b)| [(a, b), (b, a)]);
    let denies = |t: &str, word: &str| ["非", "不", "无"].iter().any(|n| t.contains(&format!("{n}{word}")));
    let other = pairs.into_iter().find(|(wanted, other)| {
        asked.contains(wanted)
            && !asked.contains(other)
            && said.contains(other)
            && !said.contains(wanted)
            && !denies(&said, other)
            && !denies(&asked, wanted)
    });
    if let Some((wanted, other)) = other {
        return Some((wanted.to_owned(), other.to_owned()));
    }
    let refrigerant = |t: &str| {
        let mut all = REFRIGERANT.as_ref()?.find_iter(t).map(|m| m.as_str().to_owned());
        let (one, None) = (all.next()?, all.next()) else { return None };
        Some(one)
    };
    if !["制冷剂", "冷媒", "refrigerant"].iter().any(|w| asked.contains(w)) {
        return None;
    }
    let (wanted, offered) = (refrigerant(demand)?, refrigerant(answer)?);
    (wanted != offered).then_some((wanted, offered))
}

static REFRIGERANT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"R\d{2,4}[A-Za-z]?").ok());

static PRODUCT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(\d{1,4})\s*[×xX*]\s*(\d+(?:\.\d+)?)\s*([A-Za-z]{1,4}|[\p{Han}]{1,2})").ok());

/// The one product of a text: its total in the base unit, the quantity, and its words.
fn product(text: &str) -> Option<(f64, &'static str, String)> {
    let mut all = PRODUCT.as_ref()?.captures_iter(text);
    let (found, None) = (all.next()?, all.next()) else { return None };
    let part = |i: usize| found.get(i).map_or("", |m| m.as_str());
    let number = |i: usize| Decimal::parse(part(i)).map(Decimal::value);
    let measure = units::measure(part(3)).filter(|m| m.quantity != "length")?;
    Some((number(1)? * number(2)? * measure.factor, measure.quantity, part(0).to_owned()))
}

/// A capacity of several pieces that is less than the demand's: 4×500mL for at least 4×750mL.
pub(super) fn smaller_product(demand: &str, answer: &str) -> Option<(String, String)> {
    let least = ["≥", ">=", "不小于", "不低于", "不少于", "至少", "at least", "not less than"];
    if !least.iter().any(|w| demand.to_lowercase().contains(w)) {
        return None;
    }
    let ((wanted, quantity, asked), (offered, own, said)) = (product(demand)?, product(answer)?);
    (quantity == own && offered < wanted * (1.0 - 1e-9)).then_some((asked, said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_one_kind_compare() {
        let lower = |demand: &str, answer: &str| lower_class(demand, answer).is_some();
        assert!(lower("井盖承载等级不低于D400", "井盖承载等级C250"));
        assert!(!lower("井盖承载等级不低于D400", "井盖承载等级E600"));
        assert!(lower("混凝土强度等级≥C30", "混凝土强度等级C25"));
        assert!(lower("等级三级(CS3)及以上证书", "等级二级(CS2)"));
        assert!(!lower("等级三级(CS3)及以上证书", "四级(CS4)"));
        assert!(
            !lower("燃烧性能不低于B1级", "燃烧性能B2级"),
            "B2 burns more easily than B1 and has the greater number"
        );
        assert!(!lower("轴承精度不低于P5级", "P4级") && !lower("砝码等级不低于M2级", "M1级"));
        assert!(lower("混凝土抗渗等级不低于P8", "抗渗等级P6"));
        assert!(!lower("混凝土强度等级≥C30", "垫层C15，主体C30"), "several classes are of several things");
    }

    #[test]
    fn grades_of_exhaust_and_makes_compare() {
        let older = |demand: &str, answer: &str| older_emission(demand, answer).is_some();
        assert!(older("箱体容积≥12立方米,国六排放", "箱体容积12立方米,国五"));
        assert!(older("Diesel, Euro 4 or better", "Diesel, Euro III"));
        assert!(!older("Diesel, Euro 4 or better", "Diesel, Euro 5"));
        assert!(!older("国五及以上", "纯电动"));
        let other = |demand: &str, answer: &str| made_otherwise(demand, answer).is_some();
        assert!(other("制冷剂采用R410A,压缩机为变频压缩机", "R407C,变频压缩机"));
        assert!(other("压缩机为变频压缩机", "定频涡旋压缩机"));
        assert!(!other("压缩机为变频压缩机", "直流变频,可按定频运行"), "an answer that names both leaves it open");
        assert!(!other("铜芯或铝芯电缆", "铝芯"));
        assert!(other("4x4, right-hand drive", "4x4, left-hand drive"));
    }

    #[test]
    fn products_compare_by_their_total() {
        let smaller = |demand: &str, answer: &str| smaller_product(demand, answer).is_some();
        assert!(smaller("不小于4×750mL", "4×500mL"));
        assert!(!smaller("不小于4×750mL", "4×1L"));
        assert!(!smaller("4×750mL", "4×500mL"), "nothing says that more is wanted");
        assert!(!smaller("不小于600×600mm", "500×800mm"), "a size is no product");
    }
}
