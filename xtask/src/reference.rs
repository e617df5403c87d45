//! `cargo xtask reference`: pages written from the tables the program itself uses.

use anyhow::{Context, bail};

use crate::sh;

/// Each page, and what prints it.
const PAGES: &[(&str, &[&str])] = &[
    ("docs/reference.md", &["reference"]),
    ("docs/rules.md", &["reference", "--rules"]),
    ("env.example", &["reference", "--env-example"]),
];

pub(crate) fn run(check: bool) -> anyhow::Result<()> {
    for (name, arguments) in PAGES {
        let page = sh::read(sh::cargo().args(["run", "--quiet", "--locked", "-p", "bidlens", "--"]).args(*arguments))?;
        let path = sh::root().join(name);
        if !check {
            std::fs::write(&path, page).with_context(|| format!("write {}", path.display()))?;
            continue;
        }
        let written = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        if written != page {
            bail!("{name} is stale; run `cargo xtask reference`");
        }
    }
    Ok(())
}
