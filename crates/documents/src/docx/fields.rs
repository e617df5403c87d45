//! Fields: their result is text, their instruction is not, except where Word makes the text from the
//! instruction alone (`EQ`, `SYMBOL`, `MACROBUTTON`).

use crate::docx::symbols;

/// The fields that are open, outermost first.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<Field>);

#[derive(Debug)]
struct Field {
    instruction: String,
    /// Its instruction, not its result, is being read.
    instructing: bool,
}

/// Longer instructions are cut; none that becomes text comes near.
const INSTRUCTION_MAX: usize = 4_000;
const NESTED_MAX: usize = 200;

impl Fields {
    pub(super) fn begin(&mut self) {
        if self.0.len() < NESTED_MAX {
            self.0.push(Field { instruction: String::new(), instructing: true });
        }
    }

    pub(super) fn instruct(&mut self, words: &str) {
        if let Some(field) = self.0.last_mut().filter(|f| f.instructing && f.instruction.len() < INSTRUCTION_MAX) {
            field.instruction.push_str(words);
        }
    }

    pub(super) fn separate(&mut self) {
        if let Some(field) = self.0.last_mut() {
            field.instructing = false;
        }
    }

    /// Ends the innermost field; what it shows when it has no stored result.
    pub(super) fn end(&mut self) -> Option<String> {
        let field = self.0.pop()?;
        field.instructing.then(|| shown(&field.instruction)).flatten()
    }

    /// Whether what is read now is part of an instruction.
    pub(super) fn hide_text(&self) -> bool {
        self.0.iter().any(|f| f.instructing)
    }

    /// An instruction that is not ended by its paragraph is damaged; the text after it must not be lost.
    pub(super) fn end_paragraph(&mut self) {
        for field in &mut self.0 {
            field.instructing = false;
        }
    }
}

fn shown(instruction: &str) -> Option<String> {
    let instruction = instruction.trim();
    let (name, rest) = instruction.split_once(char::is_whitespace)?;
    let text = match name.to_ascii_uppercase().as_str() {
        "EQ" => equation(rest),
        "SYMBOL" => symbol(rest)?,
        // The macro's name, then the words to click on.
        "MACROBUTTON" => rest.trim_start().split_once(char::is_whitespace)?.1.trim().to_owned(),
        _ => return None,
    };
    Some(text).filter(|t| !t.is_empty())
}

/// `SYMBOL 252 \f "Wingdings"`
fn symbol(rest: &str) -> Option<String> {
    let code = rest.split_whitespace().next()?;
    let code = match code.strip_prefix("0x").or_else(|| code.strip_prefix("0X")) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => code.parse().ok()?,
    };
    let font = rest.split_once("\\f").map_or("", |(_, font)| font.trim_start());
    let font = font.strip_prefix('"').map_or_else(
        || font.split_whitespace().next().unwrap_or_default(),
        |quoted| quoted.split('"').next().unwrap_or_default(),
    );
    symbols::symbol(font, code).or_else(|| char::from_u32(code).filter(|c| !c.is_control())).map(String::from)
}

/// An `EQ` instruction as a line of text: fractions, roots, scripts, and signs drawn over each other, which is
/// how office programs enclose a character (`\o\ac(○,5)`) and tick a box (`\o\ac(□,√)`).
pub(super) fn equation(instruction: &str) -> String {
    let characters: Vec<char> = instruction.chars().take(INSTRUCTION_MAX).collect();
    Equation { characters: &characters, at: 0 }.sequence(0).trim().to_owned()
}

struct Equation<'a> {
    characters: &'a [char],
    at: usize,
}

/// Brackets inside each other.
const DEPTH_MAX: usize = 24;

impl Equation<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    /// Reads to the end of the argument (or of the instruction).
    fn sequence(&mut self, depth: usize) -> String {
        let mut out = String::new();
        while let Some(c) = self.peek() {
            match c {
                ',' | ';' | ')' if depth > 0 => return out,
                '\\' => {
                    self.at += 1;
                    match self.peek() {
                        // A formatting switch of all fields, not of the equation: \* jc2 \* "Font:宋体"
                        Some('*') => {
                            self.at += 1;
                            self.skip_switch();
                        }
                        Some(letter) if letter.is_ascii_alphabetic() => out.push_str(&self.command(depth)),
                        Some(escaped) => {
                            out.push(escaped);
                            self.at += 1;
                        }
                        None => {}
                    }
                }
                '(' if depth < DEPTH_MAX => {
                    self.at += 1;
                    let arguments = self.arguments(depth);
                    out.push('(');
                    out.push_str(&arguments.join(","));
                    out.push(')');
                }
                _ => {
                    out.push(c);
                    self.at += 1;
                }
            }
        }
        out
    }

    fn skip_switch(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        if self.peek() == Some('"') {
            self.at += 1;
            while self.peek().is_some_and(|c| c != '"') {
                self.at += 1;
            }
            self.at += 1;
            return;
        }
        while self.peek().is_some_and(|c| !c.is_whitespace() && c != '\\') {
            self.at += 1;
        }
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_alphabetic) {
            word.push(c.to_ascii_lowercase());
            self.at += 1;
        }
        word
    }

    /// Reads a command after its backslash: its name, its options, its arguments.
    fn command(&mut self, depth: usize) -> String {
        let name = self.word();
        let mut raised = false;
        let (mut left, mut right) = (None, None);
        loop {
            while self.peek().is_some_and(|c| c.is_whitespace() || c.is_ascii_digit() || c == '-') {
                self.at += 1;
            }
            if self.peek() != Some('\\') {
                break;
            }
            let before = self.at;
            self.at += 1;
            let option = self.word();
            match option.as_str() {
                "al" | "ac" | "ar" | "ad" | "co" | "vs" | "hs" | "do" | "in" | "su" | "pr" | "li" | "to" | "bo"
                | "le" | "ri" => {}
                "up" => raised = true,
                // Bracket options name their sign after a further backslash.
                "bc" | "lc" | "rc" | "fc" | "vc" => {
                    if self.peek() == Some('\\') {
                        let sign = self.characters.get(self.at + 1).copied().unwrap_or('(');
                        self.at += 2;
                        let closing = match sign {
                            '(' => ')',
                            '[' => ']',
                            '{' => '}',
                            '<' => '>',
                            same => same,
                        };
                        match option.as_str() {
                            "bc" => (left, right) = (Some(sign), Some(closing)),
                            "lc" => left = Some(sign),
                            "rc" => right = Some(sign),
                            _ => {}
                        }
                    }
                }
                _ => {
                    self.at = before;
                    break;
                }
            }
        }
        if self.peek() != Some('(') || depth >= DEPTH_MAX {
            return String::new();
        }
        self.at += 1;
        let arguments = self.arguments(depth);
        let first = arguments.first().map(String::as_str).unwrap_or_default();
        let second = arguments.get(1).map(String::as_str).unwrap_or_default();
        match name.as_str() {
            "f" if second.is_empty() => bracketed(first),
            "f" => format!("{}/{}", bracketed(first), bracketed(second)),
            "r" if second.is_empty() => format!("√{}", bracketed(first)),
            "r" => format!("{}√{}", first, bracketed(second)),
            "o" => overstruck(&arguments),
            "s" if raised => format!("^{}", bracketed(first)),
            "b" => {
                if left.is_none() && right.is_none() {
                    (left, right) = (Some('('), Some(')'));
                }
                left.into_iter().chain(arguments.join(",").chars()).chain(right).collect()
            }
            "i" => {
                let body = arguments.get(2).map(String::as_str).unwrap_or_default();
                format!("∫_{}^{} {body}", bracketed(first), bracketed(second))
            }
            "a" => arguments.join(" "),
            _ => arguments.join(","),
        }
    }

    /// Reads arguments after the opening bracket, the closing one included.
    fn arguments(&mut self, depth: usize) -> Vec<String> {
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.sequence(depth + 1).trim().to_owned());
            match self.peek() {
                Some(',' | ';') => self.at += 1,
                _ => {
                    self.at += 1;
                    return arguments;
                }
            }
        }
    }
}

fn bracketed(term: &str) -> String {
    if term.chars().all(char::is_alphanumeric) { term.to_owned() } else { format!("({term})") }
}

/// Signs drawn over each other.
fn overstruck(arguments: &[String]) -> String {
    const CIRCLES: [&str; 4] = ["○", "〇", "◯", "O"];
    const BOXES: [&str; 3] = ["□", "☐", "▢"];
    let over = |frames: &[&str]| arguments.iter().position(|a| frames.contains(&a.as_str()));
    // Words raised over others are their reading.
    let rest = |frame: Option<usize>| -> String {
        let kept = arguments.iter().enumerate().filter(|(at, a)| Some(*at) != frame && !a.starts_with('^'));
        kept.map(|(_, a)| a.as_str()).collect()
    };
    if let Some(at) = over(&BOXES) {
        return match rest(Some(at)).as_str() {
            "√" | "✓" | "✔" | "v" | "V" => "☑".to_owned(),
            "×" | "✗" | "✕" | "X" | "x" => "☒".to_owned(),
            "" => "□".to_owned(),
            words => format!("□{words}"),
        };
    }
    if arguments.len() > 1
        && let Some(at) = over(&CIRCLES)
    {
        let words = rest(Some(at));
        let circled = words.parse::<u32>().ok().and_then(|n| match n {
            1..=20 => char::from_u32(0x2460 + n - 1),
            21..=35 => char::from_u32(0x3251 + n - 21),
            36..=50 => char::from_u32(0x32B1 + n - 36),
            _ => None,
        });
        return circled.map_or(words, String::from);
    }
    rest(None)
}

#[cfg(test)]
mod tests {
    #[test]
    fn fields_without_a_result_show_what_word_makes_of_them() {
        let shown: Vec<String> = [
            r"EQ \o\ac(○,5)",
            r"eq \o\ac(○,21)",
            r"EQ \o\ac(□,√)",
            r"EQ \o\ac(□,×)",
            r#"EQ \* jc2 \* "Font:宋体" \* hps10 \o\ad(\s\up 9(biāo),标)"#,
            r"EQ \f(最低报价,评标报价)",
            r"EQ \f(a+b,2)×100",
            r"EQ \r(3,x)",
            r"EQ x\s\up4(2)",
            r"EQ \b\bc\{(a\,b)",
            r#"SYMBOL 254 \f "Wingdings" \s 12"#,
            r"SYMBOL 0x2605",
            r"MACROBUTTON NoMacro [点击填写名称]",
            r"PAGE \* MERGEFORMAT",
            r"EQ \f((((((",
        ]
        .into_iter()
        .map(|i| format!("{i} → {}", super::shown(i).unwrap_or_default()))
        .collect();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        EQ \o\ac(○,5) → ⑤
        eq \o\ac(○,21) → ㉑
        EQ \o\ac(□,√) → ☑
        EQ \o\ac(□,×) → ☒
        EQ \* jc2 \* "Font:宋体" \* hps10 \o\ad(\s\up 9(biāo),标) → 标
        EQ \f(最低报价,评标报价) → 最低报价/评标报价
        EQ \f(a+b,2)×100 → (a+b)/2×100
        EQ \r(3,x) → 3√x
        EQ x\s\up4(2) → x^2
        EQ \b\bc\{(a\,b) → {a,b}
        SYMBOL 254 \f "Wingdings" \s 12 → ☑
        SYMBOL 0x2605 → ★
        MACROBUTTON NoMacro [点击填写名称] → [点击填写名称]
        PAGE \* MERGEFORMAT → 
        EQ \f(((((( → (((((())))))
        "#);
    }
}
