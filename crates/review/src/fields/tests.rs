use bidlens_documents::{Limits, parse};
use bidlens_domain::field::{FieldStatus, FieldValue};

use super::read;

/// The fields of a tender written in Markdown, one `key = value` for each that is stated.
fn fields_text(markdown: &str, keys: &[&str]) -> String {
    let document = parse("tender.md", markdown.as_bytes(), &Limits::default());
    let fields = read(&[document]);
    let mut lines = Vec::new();
    for key in keys {
        let Some(field) = fields.get(*key) else {
            continue;
        };
        let value = match field.value() {
            Some(FieldValue::Text(t) | FieldValue::Choice(t)) => t.clone(),
            Some(FieldValue::TextList(l)) => l.join(" + "),
            Some(FieldValue::Money(m)) => m.to_string(),
            Some(FieldValue::Percent(p)) => p.to_string(),
            Some(FieldValue::Moment(m)) => m.to_string(),
            Some(FieldValue::Integer(n)) => n.to_string(),
            Some(FieldValue::Bool(b)) => b.to_string(),
            Some(FieldValue::Period { text, length }) => match length {
                Some(length) => format!("{text} [{length}]"),
                None => text.clone(),
            },
            None => String::new(),
        };
        let lots: Vec<String> = field
            .lots
            .iter()
            .map(|(lot, value)| match value {
                FieldValue::Money(m) => format!("{lot}: {m}"),
                other => format!("{lot}: {other:?}"),
            })
            .collect();
        let status = match field.status() {
            FieldStatus::Found => String::new(),
            other => format!("({}) ", other.as_str()),
        };
        lines.push(format!("{key} = {status}{value} {}", lots.join(", ")).trim_end().to_owned());
    }
    lines.join("\n")
}

#[test]
fn nothing_is_read_from_nothing() {
    assert_eq!(fields_text("", &["project_name", "budget"]), "project_name = (not_found)\nbudget = (not_found)");
}
