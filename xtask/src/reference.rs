//! `cargo xtask reference`: pages written from the tables the program itself uses.

use anyhow::{Context, bail};

use crate::sh;

pub(crate) fn run(check: bool) -> anyhow::Result<()> {
    let page = sh::read(sh::cargo().args(["run", "--quiet", "--locked", "-p", "bidlens", "--", "reference"]))?;
    let path = sh::root().join("docs/reference.md");
    if check {
        let written = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        if written != page {
            bail!("docs/reference.md is stale; run `cargo xtask reference`");
        }
        return Ok(());
    }
    std::fs::write(&path, page).with_context(|| format!("write {}", path.display()))
}
