//! `cargo xtask test`: everything that must hold before a change lands.

use crate::sh::{self, say};
use crate::{reference, setup};

pub(crate) fn run() -> anyhow::Result<()> {
    setup::packages()?;
    setup::npm()?;
    setup::nextest()?;
    setup::rq_environments()?;
    say("checking format");
    sh::run(sh::cargo().args(["fmt", "--all", "--check"]))?;
    say("clippy, warnings denied");
    sh::run(sh::cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
    say("documentation, warnings denied");
    sh::run(
        sh::cargo()
            .args(["doc", "--workspace", "--no-deps", "--locked", "--document-private-items"])
            .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links"),
    )?;
    say("generated pages");
    reference::run(true)?;
    say("tests");
    sh::run(sh::cargo().args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]))
}
