//! One counter in one of the number formats of ECMA-376 part 1, 17.18.59, as Word prints it.
//!
//! Word departs from the standard's examples in places; where it does, what it prints is followed: sets of signs
//! end (⑳, 癸, 亥) and go on in plain digits, and 一百〇一 is written with 〇.

/// `pattern` is the custom pattern of `w:numFmt w:format`, such as `001, 002, 003, ...`.
pub(crate) fn number(value: i64, format: &str, pattern: &str) -> String {
    let small = u32::try_from(value).ok();
    match format {
        "none" => String::new(),
        "decimalZero" => format!("{value:02}"),
        "upperRoman" => roman(value),
        "lowerRoman" => roman(value).to_lowercase(),
        "upperLetter" => repeated(value, UPPER),
        "lowerLetter" => repeated(value, LOWER),
        "russianUpper" => repeated(value, "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ"),
        "russianLower" => repeated(value, "абвгдежзиклмнопрстуфхцчшщыэюя"),
        "chicago" => repeated(value, "*†‡§"),
        "ganada" => repeated(value, "가나다라마바사아자차카타파하"),
        "chosung" => repeated(value, "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"),
        "aiueo" => repeated(value, "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ"),
        "aiueoFullWidth" => repeated(
            value,
            "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
        ),
        "iroha" => repeated(value, "ｲﾛﾊﾆﾎﾍﾄﾁﾘﾇﾙｦﾜｶﾖﾀﾚｿﾂﾈﾅﾗﾑｳヰﾉｵｸﾔﾏｹﾌｺｴﾃｱｻｷﾕﾒﾐｼヱﾋﾓｾｽﾝ"),
        "irohaFullWidth" => repeated(
            value,
            "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン",
        ),
        // Below a hundred as spoken, above digit by digit.
        "chineseCounting" | "taiwaneseCounting" => match small {
            Some(n @ 0..=99) => grouped(n, &SPOKEN),
            _ => digits(value, IDEOGRAPHS),
        },
        "chineseCountingThousand" | "taiwaneseCountingThousand" => spelled(value, &SPOKEN),
        "japaneseCounting" => spelled(value, &JAPANESE),
        "koreanCounting" => spelled(value, &KOREAN),
        "chineseLegalSimplified" => spelled(value, &LEGAL_SIMPLIFIED),
        "ideographLegalTraditional" => spelled(value, &LEGAL_TRADITIONAL),
        "japaneseLegal" => spelled(value, &LEGAL_JAPANESE),
        "koreanLegal" => korean_native(value),
        "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" => digits(value, IDEOGRAPHS),
        "koreanDigital" => digits(value, "영일이삼사오육칠팔구"),
        "koreanDigital2" => digits(value, "零一二三四五六七八九"),
        "decimalFullWidth" | "decimalFullWidth2" => digits(value, "０１２３４５６７８９"),
        "thaiNumbers" => digits(value, "๐๑๒๓๔๕๖๗๘๙"),
        "hindiNumbers" => digits(value, "०१२३४५६७८९"),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => sign(value, '①', 20),
        "decimalEnclosedParen" => sign(value, '⑴', 20),
        "decimalEnclosedFullstop" => sign(value, '⒈', 20),
        "ideographEnclosedCircle" => sign(value, '㈠', 10),
        "ideographTraditional" => one_of(value, STEMS),
        "ideographZodiac" => one_of(value, BRANCHES),
        "ideographZodiacTraditional" => match small.filter(|n| *n > 0) {
            Some(n) => [STEMS, BRANCHES].iter().filter_map(|set| nth_around(set, n - 1)).collect(),
            None => value.to_string(),
        },
        "ordinal" => ordinal(value),
        "cardinalText" => capitalized(cardinal(value)),
        "ordinalText" => capitalized(ordinal_words(value)),
        "hex" => format!("{value:X}"),
        "numberInDash" => format!("- {value} -"),
        "custom" => {
            let width = pattern.split(',').next().map_or(1, |p| p.trim().len()).clamp(1, 8);
            format!("{value:0width$}")
        }
        _ => value.to_string(),
    }
}

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const IDEOGRAPHS: &str = "〇一二三四五六七八九";
const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";
const BRANCHES: &str = "子丑寅卯辰巳午未申酉戌亥";

/// Signs of a set are written so many times at most, whatever number a file starts with.
const REPEATED_MAX: usize = 30;

/// How numbers are spelled by places.
struct Spelling {
    digits: &'static str,
    /// One, ten, hundred, thousand.
    places: [&'static str; 4],
    myriad: &'static str,
    /// What stands for skipped places; empty where they are not told.
    gap: &'static str,
    one: One,
}

/// When the one in front of a place is written.
#[derive(PartialEq, Eq)]
enum One {
    /// 十一, but 一百一十
    NotBeforeLeadingTen,
    /// 百十
    BeforeMyriad,
    /// 천백, 만
    Never,
    /// 壹拾壹
    Always,
}

const SPOKEN: Spelling = Spelling {
    digits: IDEOGRAPHS,
    places: ["", "十", "百", "千"],
    myriad: "万",
    gap: "〇",
    one: One::NotBeforeLeadingTen,
};
const JAPANESE: Spelling =
    Spelling { digits: IDEOGRAPHS, places: ["", "十", "百", "千"], myriad: "万", gap: "", one: One::BeforeMyriad };
const KOREAN: Spelling =
    Spelling {
        digits: "영일이삼사오육칠팔구", places: ["", "십", "백", "천"], myriad: "만", gap: "", one: One::Never
    };
const LEGAL_SIMPLIFIED: Spelling = Spelling {
    digits: "零壹贰叁肆伍陆柒捌玖",
    places: ["", "拾", "佰", "仟"],
    myriad: "萬",
    gap: "零",
    one: One::Always,
};
const LEGAL_TRADITIONAL: Spelling = Spelling {
    digits: "零壹貳參肆伍陸柒捌玖",
    places: ["", "拾", "佰", "仟"],
    myriad: "萬",
    gap: "零",
    one: One::Always,
};
const LEGAL_JAPANESE: Spelling = Spelling {
    digits: "零壱弐参肆伍陸漆捌玖",
    places: ["", "拾", "百", "阡"],
    myriad: "萬",
    gap: "",
    one: One::Always,
};

fn spelled(value: i64, spelling: &Spelling) -> String {
    match u32::try_from(value) {
        Ok(value) if value < 100_000_000 => grouped(value, spelling),
        _ => value.to_string(),
    }
}

fn grouped(value: u32, spelling: &Spelling) -> String {
    if value == 0 {
        return nth(spelling.digits, 0).map(String::from).unwrap_or_default();
    }
    let (high, low) = (value / 10_000, value % 10_000);
    let mut out = String::new();
    if high > 0 {
        if high > 1 || spelling.one != One::Never {
            out.push_str(&grouped(high, spelling));
        }
        out.push_str(spelling.myriad);
        if (1..1_000).contains(&low) {
            out.push_str(spelling.gap);
        }
    }
    let mut told = false;
    let mut gap = false;
    for (place, unit) in [1_000u32, 100, 10, 1].into_iter().zip(spelling.places.iter().rev()) {
        let digit = low / place % 10;
        if digit == 0 {
            gap = told;
            continue;
        }
        if gap {
            out.push_str(spelling.gap);
            gap = false;
        }
        let silent = digit == 1
            && place > 1
            && match spelling.one {
                One::NotBeforeLeadingTen => place == 10 && out.is_empty(),
                One::BeforeMyriad | One::Never => true,
                One::Always => false,
            };
        if !silent {
            out.extend(nth(spelling.digits, digit));
        }
        out.push_str(unit);
        told = true;
    }
    out
}

fn digits(value: i64, signs: &str) -> String {
    value.to_string().chars().map(|c| c.to_digit(10).and_then(|d| nth(signs, d)).unwrap_or(c)).collect()
}

fn korean_native(value: i64) -> String {
    const TENS: [&str; 10] = ["", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"];
    const ONES: [&str; 10] = ["", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"];
    match usize::try_from(value) {
        Ok(n @ 1..=99) => [TENS.get(n / 10), ONES.get(n % 10)].into_iter().flatten().copied().collect(),
        _ => value.to_string(),
    }
}

/// The `value`th sign counted from `first`, plain digits after the last.
fn sign(value: i64, first: char, count: u32) -> String {
    match u32::try_from(value) {
        Ok(n) if (1..=count).contains(&n) => {
            char::from_u32(u32::from(first) + n - 1).map(String::from).unwrap_or_default()
        }
        _ => value.to_string(),
    }
}

/// The `value`th sign of a set, plain digits after the last.
fn one_of(value: i64, set: &str) -> String {
    u32::try_from(value - 1).ok().and_then(|n| nth(set, n)).map_or_else(|| value.to_string(), String::from)
}

/// The sign of a set; past its end the signs come twice, then three times: after z comes aa, then bb.
fn repeated(value: i64, set: &str) -> String {
    let Some(n) = u32::try_from(value).ok().filter(|n| *n > 0) else {
        return value.to_string();
    };
    let count = set.chars().count();
    let times = ((n as usize - 1) / count.max(1) + 1).min(REPEATED_MAX);
    nth_around(set, n - 1).map(|sign| std::iter::repeat_n(sign, times).collect()).unwrap_or_default()
}

fn nth(set: &str, n: u32) -> Option<char> {
    set.chars().nth(n as usize)
}

fn nth_around(set: &str, n: u32) -> Option<char> {
    let count = set.chars().count();
    set.chars().nth((n as usize).checked_rem(count)?)
}

fn roman(value: i64) -> String {
    const SIGNS: &[(i64, &str)] = &[
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..=32_767).contains(&value) {
        return value.to_string();
    }
    let mut left = value;
    let mut out = String::new();
    for (worth, sign) in SIGNS {
        while left >= *worth {
            out.push_str(sign);
            left -= worth;
        }
    }
    out
}

fn ordinal(value: i64) -> String {
    let suffix = match (value % 10, value % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{value}{suffix}")
}

/// An English number in words, in lower case: `one hundred twenty-three`.
fn cardinal(value: i64) -> String {
    const ONES: [&str; 20] = [
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
    const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let Some(n) = usize::try_from(value).ok().filter(|n| *n < 1_000_000) else {
        return value.to_string();
    };
    let below_hundred = |n: usize| match (ONES.get(n), TENS.get(n / 10), n % 10) {
        (Some(word), ..) => (*word).to_owned(),
        (None, Some(ten), 0) => (*ten).to_owned(),
        (None, ten, one) => {
            format!("{}-{}", ten.copied().unwrap_or_default(), ONES.get(one).copied().unwrap_or_default())
        }
    };
    let mut words = Vec::new();
    if n >= 1_000 {
        words.push(format!("{} thousand", cardinal((n / 1_000) as i64)));
    }
    let hundreds = n % 1_000 / 100;
    if hundreds > 0 {
        words.push(format!("{} hundred", below_hundred(hundreds)));
    }
    if n % 100 > 0 || n == 0 {
        words.push(below_hundred(n % 100));
    }
    words.join(" ")
}

fn ordinal_words(value: i64) -> String {
    let words = cardinal(value);
    let at = words.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (head, last) = words.split_at(at);
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        _ => last.strip_suffix('y').map_or_else(|| format!("{last}th"), |stem| format!("{stem}ieth")),
    };
    format!("{head}{last}")
}

fn capitalized(words: String) -> String {
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_format_is_printed_as_word_prints_it() {
        let row = |format: &str| {
            let shown: Vec<String> =
                [1, 4, 10, 11, 20, 21, 105, 110, 1010].iter().map(|n| number(*n, format, "")).collect();
            format!("{format}: {}", shown.join(" "))
        };
        let table: Vec<String> = [
            "decimal",
            "decimalZero",
            "chineseCounting",
            "chineseCountingThousand",
            "japaneseCounting",
            "ideographDigital",
            "chineseLegalSimplified",
            "ideographLegalTraditional",
            "japaneseLegal",
            "koreanCounting",
            "koreanDigital",
            "koreanLegal",
            "decimalEnclosedCircle",
            "decimalEnclosedCircleChinese",
            "decimalEnclosedParen",
            "decimalEnclosedFullstop",
            "ideographEnclosedCircle",
            "decimalFullWidth",
            "lowerRoman",
            "ideographTraditional",
            "ideographZodiac",
            "ideographZodiacTraditional",
            "ordinal",
            "cardinalText",
            "ordinalText",
            "numberInDash",
            "hex",
            "none",
        ]
        .into_iter()
        .map(row)
        .collect();
        insta::assert_snapshot!(table.join("\n"), @"
        decimal: 1 4 10 11 20 21 105 110 1010
        decimalZero: 01 04 10 11 20 21 105 110 1010
        chineseCounting: 一 四 十 十一 二十 二十一 一〇五 一一〇 一〇一〇
        chineseCountingThousand: 一 四 十 十一 二十 二十一 一百〇五 一百一十 一千〇一十
        japaneseCounting: 一 四 十 十一 二十 二十一 百五 百十 千十
        ideographDigital: 一 四 一〇 一一 二〇 二一 一〇五 一一〇 一〇一〇
        chineseLegalSimplified: 壹 肆 壹拾 壹拾壹 贰拾 贰拾壹 壹佰零伍 壹佰壹拾 壹仟零壹拾
        ideographLegalTraditional: 壹 肆 壹拾 壹拾壹 貳拾 貳拾壹 壹佰零伍 壹佰壹拾 壹仟零壹拾
        japaneseLegal: 壱 肆 壱拾 壱拾壱 弐拾 弐拾壱 壱百伍 壱百壱拾 壱阡壱拾
        koreanCounting: 일 사 십 십일 이십 이십일 백오 백십 천십
        koreanDigital: 일 사 일영 일일 이영 이일 일영오 일일영 일영일영
        koreanLegal: 하나 넷 열 열하나 스물 스물하나 105 110 1010
        decimalEnclosedCircle: ① ④ ⑩ ⑪ ⑳ 21 105 110 1010
        decimalEnclosedCircleChinese: ① ④ ⑩ ⑪ ⑳ 21 105 110 1010
        decimalEnclosedParen: ⑴ ⑷ ⑽ ⑾ ⒇ 21 105 110 1010
        decimalEnclosedFullstop: ⒈ ⒋ ⒑ ⒒ ⒛ 21 105 110 1010
        ideographEnclosedCircle: ㈠ ㈣ ㈩ 11 20 21 105 110 1010
        decimalFullWidth: １ ４ １０ １１ ２０ ２１ １０５ １１０ １０１０
        lowerRoman: i iv x xi xx xxi cv cx mx
        ideographTraditional: 甲 丁 癸 11 20 21 105 110 1010
        ideographZodiac: 子 卯 酉 戌 20 21 105 110 1010
        ideographZodiacTraditional: 甲子 丁卯 癸酉 甲戌 癸未 甲申 戊申 癸丑 癸丑
        ordinal: 1st 4th 10th 11th 20th 21st 105th 110th 1010th
        cardinalText: One Four Ten Eleven Twenty Twenty-one One hundred five One hundred ten One thousand ten
        ordinalText: First Fourth Tenth Eleventh Twentieth Twenty-first One hundred fifth One hundred tenth One thousand tenth
        numberInDash: - 1 - - 4 - - 10 - - 11 - - 20 - - 21 - - 105 - - 110 - - 1010 -
        hex: 1 4 A B 14 15 69 6E 3F2
        none:
        ");
    }

    #[test]
    fn letters_come_twice_after_the_alphabet() {
        let shown: Vec<String> = [1, 26, 27, 28, 53].iter().map(|n| number(*n, "upperLetter", "")).collect();
        assert_eq!(shown, ["A", "Z", "AA", "BB", "AAA"]);
        assert_eq!(number(i64::MAX, "lowerLetter", ""), i64::MAX.to_string());
        assert_eq!(number(4_000_000_000, "lowerLetter", "").chars().count(), REPEATED_MAX);
    }

    #[test]
    fn large_numbers_and_patterns_are_spelled() {
        let thousand = |n: i64| number(n, "chineseCountingThousand", "");
        assert_eq!(thousand(101), "一百〇一");
        assert_eq!(thousand(1_001), "一千〇一");
        assert_eq!(thousand(10_010), "一万〇一十");
        assert_eq!(thousand(120_000), "十二万");
        assert_eq!(number(10_001, "japaneseCounting", ""), "一万一");
        assert_eq!(number(7, "custom", "001, 002, 003, ..."), "007");
        assert_eq!(number(-3, "chineseCounting", ""), "-三");
    }
}
