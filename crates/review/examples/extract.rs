//! Prints the fields of each tender as JSON into a folder: `cargo run -p bidlens-review --example extract -- OUT FILE…`

use std::io::Write as _;
use std::path::Path;

use bidlens_documents::{Limits, parse};
use bidlens_domain::field::{Field, FieldValue};
use bidlens_domain::time::DurationUnit;
use serde_json::{Map, Value, json};

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let out = args.next().unwrap_or_else(|| "predictions".to_owned());
    std::fs::create_dir_all(&out)?;
    let mut stdout = std::io::stdout().lock();
    for path in args {
        let bytes = std::fs::read(&path)?;
        let name = Path::new(&path).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let document = parse(&name, &bytes, &Limits::default());
        let started = std::time::Instant::now();
        let fields = bidlens_review::fields::read(&[document]);
        let spent = started.elapsed();
        let found = fields.values().filter(|f| f.found().is_some()).count();
        writeln!(stdout, "{name}: {found} of {} fields in {spent:?}", fields.len())?;
        let object: Map<String, Value> = fields.iter().map(|(key, field)| (key.clone(), field_json(field))).collect();
        std::fs::write(
            Path::new(&out).join(format!("{name}.json")),
            serde_json::to_vec_pretty(&json!({ "fields": object }))?,
        )?;
    }
    Ok(())
}

fn field_json(field: &Field) -> Value {
    let first = field.evidence().first();
    let lots: Map<String, Value> = field.lots.iter().map(|(lot, value)| (lot.clone(), value_json(value))).collect();
    json!({
        "status": field.status().as_str(),
        "value": field.value().map(value_json),
        "raw": field.raw(),
        "quote": first.map(|e| e.quote()),
        "page": first.map(|e| e.page()),
        "lots": lots,
    })
}

fn value_json(value: &FieldValue) -> Value {
    match value {
        FieldValue::Text(text) | FieldValue::Choice(text) => json!(text),
        FieldValue::TextList(texts) => json!(texts),
        FieldValue::Money(money) => json!({ "amount": money.units(), "currency": money.currency.code() }),
        FieldValue::Percent(percent) => json!({ "percent": percent.value() }),
        FieldValue::Moment(moment) => json!(moment.to_string()),
        FieldValue::Integer(n) => json!(n),
        FieldValue::Bool(yes) => json!(yes),
        FieldValue::Period { text, length } => match length {
            Some(length) if length.unit == DurationUnit::Day => json!({ "text": text, "days": length.count }),
            _ => json!({ "text": text }),
        },
    }
}
