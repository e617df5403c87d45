//! Office equations (OMML) as one line of text, in the linear form Word itself offers: `(a+b)/2`, `x^2`, `√(x)`.

use crate::raw::Refusal;
use crate::xml::{Token, Xml};

/// Parts of equations inside each other; deeper ones are read as plain text.
const DEPTH_MAX: usize = 40;

/// Reads the equation just opened (`oMath` or `oMathPara`) to its end.
pub(super) fn linear(xml: &mut Xml<'_>) -> Result<String, Refusal> {
    let mut lines = Vec::new();
    content(xml, 0, &mut lines)?;
    Ok(lines.concat().trim().to_owned())
}

/// The parts of one element, in order, each as text.
#[derive(Debug, Default)]
struct Parts {
    named: Vec<(String, String)>,
    properties: Vec<(String, String)>,
}

impl Parts {
    fn get(&self, name: &str) -> &str {
        self.named.iter().find(|(n, _)| n == name).map_or("", |(_, text)| text)
    }

    fn all(&self, name: &str) -> Vec<&str> {
        self.named.iter().filter(|(n, _)| n == name).map(|(_, text)| text.as_str()).collect()
    }

    fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// Appends the text of everything in the element just opened.
fn content(xml: &mut Xml<'_>, depth: usize, out: &mut Vec<String>) -> Result<(), Refusal> {
    loop {
        match xml.next()? {
            Token::Open(element) => match element.name() {
                "t" => out.push(xml.text()?),
                "tab" => {
                    out.push(" ".to_owned());
                    xml.skip()?;
                }
                "br" => {
                    out.push("\n".to_owned());
                    xml.skip()?;
                }
                // Properties, what was deleted, and copies for programs that know no equations.
                "del" | "moveFrom" | "Fallback" => xml.skip()?,
                name if name.ends_with("Pr") => xml.skip()?,
                // A run, and everything that only groups.
                "r" | "oMath" | "ins" | "moveTo" | "smartTag" | "sdt" | "sdtContent" | "AlternateContent"
                | "Choice" => {
                    content(xml, depth + 1, out)?;
                }
                name => {
                    let name = name.to_owned();
                    if depth > DEPTH_MAX {
                        content(xml, depth, out)?;
                    } else {
                        let parts = parts(xml, depth + 1)?;
                        out.push(render(&name, &parts));
                    }
                }
            },
            Token::Close | Token::End => return Ok(()),
            Token::Text(_) => {}
        }
    }
}

/// Reads the parts of the construction just opened.
fn parts(xml: &mut Xml<'_>, depth: usize) -> Result<Parts, Refusal> {
    let mut parts = Parts::default();
    loop {
        match xml.next()? {
            Token::Open(element) => {
                let name = element.name().to_owned();
                if name == "t" {
                    parts.named.push((name, xml.text()?));
                } else if name.ends_with("Pr") {
                    properties(xml, &mut parts.properties)?;
                } else if name == "mr" {
                    let row = self::parts(xml, depth + 1)?;
                    parts.named.push((name, row.all("e").join(" ")));
                } else {
                    let mut text = Vec::new();
                    content(xml, depth + 1, &mut text)?;
                    parts.named.push((name, text.concat().trim().to_owned()));
                }
            }
            Token::Close | Token::End => return Ok(parts),
            Token::Text(_) => {}
        }
    }
}

fn properties(xml: &mut Xml<'_>, into: &mut Vec<(String, String)>) -> Result<(), Refusal> {
    let mut open = 1usize;
    loop {
        match xml.next()? {
            Token::Open(element) => {
                open += 1;
                into.push((element.name().to_owned(), element.attribute("val").unwrap_or_default()));
            }
            Token::Close => {
                open -= 1;
                if open == 0 {
                    return Ok(());
                }
            }
            Token::End => return Ok(()),
            Token::Text(_) => {}
        }
    }
}

fn render(name: &str, parts: &Parts) -> String {
    let base = parts.get("e");
    let scripts = || {
        let mut text = String::new();
        for (part, sign) in [("sub", '_'), ("sup", '^')] {
            let script = parts.get(part);
            if !script.is_empty() {
                text.push(sign);
                text.push_str(&term(script));
            }
        }
        text
    };
    match name {
        "f" => match parts.property("type") {
            Some("noBar") => format!("({}¦{})", parts.get("num"), parts.get("den")),
            _ => format!("{}/{}", term(parts.get("num")), term(parts.get("den"))),
        },
        "sSup" | "sSub" | "sSubSup" => format!("{}{}", term(base), scripts()),
        "sPre" => format!("{}{}", scripts(), term(base)),
        "rad" => match parts.get("deg") {
            "" => format!("√{}", term(base)),
            degree => format!("{degree}√{}", term(base)),
        },
        "nary" => {
            let sign = parts.property("chr").filter(|c| !c.is_empty()).unwrap_or("∫");
            let scripts = scripts();
            let joint = if scripts.is_empty() { "" } else { " " };
            format!("{sign}{scripts}{joint}{base}")
        }
        "d" => {
            let begin = parts.property("begChr").unwrap_or("(");
            let end = parts.property("endChr").unwrap_or(")");
            let between = parts.property("sepChr").unwrap_or("|");
            format!("{begin}{}{end}", parts.all("e").join(between))
        }
        "m" => format!("[{}]", parts.all("mr").join("; ")),
        "eqArr" => parts.all("e").join("\n"),
        "func" => format!("{} {base}", parts.get("fName")),
        "limLow" => format!("{}_{}", base, term(parts.get("lim"))),
        "limUpp" => format!("{}^{}", base, term(parts.get("lim"))),
        "bar" => format!("{base}\u{305}"),
        "acc" => format!("{base}{}", parts.property("chr").filter(|c| !c.is_empty()).unwrap_or("\u{302}")),
        _ => parts.named.iter().map(|(_, text)| text.as_str()).collect(),
    }
}

/// Brackets around everything that is more than one name or number.
fn term(text: &str) -> String {
    let bracketed = text.starts_with('(') && text.ends_with(')') && {
        let mut open = 0i32;
        text.char_indices().all(|(at, c)| {
            open += i32::from(c == '(') - i32::from(c == ')');
            open > 0 || at + 1 == text.len()
        })
    };
    let plain = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '%' | '_'));
    if plain || bracketed { text.to_owned() } else { format!("({text})") }
}
