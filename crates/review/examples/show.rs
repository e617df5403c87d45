//! Prints the fields that were found in each file, one a line: `cargo run -p bidlens-review --example show -- FILE…`

use std::io::Write as _;

use bidlens_documents::{Limits, parse};

fn main() -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let document = parse(&path, &bytes, &Limits::default());
        writeln!(stdout, "# {path}")?;
        let fields = bidlens_review::fields::read(&[document]);
        for &key in bidlens_review::fields::KEYS {
            let Some(field) = fields.get(key) else {
                continue;
            };
            let quote = field.evidence().first().map_or("", |e| e.quote());
            let quote: String = quote.chars().take(70).collect();
            writeln!(
                stdout,
                "{key:<24} {:<12} {:?} {}  «{quote}»",
                field.status().as_str(),
                field.value(),
                field.lots.iter().map(|(k, v)| format!("{k}={v:?}")).collect::<Vec<_>>().join(" ")
            )?;
        }
    }
    Ok(())
}
