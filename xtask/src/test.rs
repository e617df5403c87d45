//! `cargo xtask test`: everything that must hold before a change lands.

use std::time::Duration;

use crate::sh::{self, say};
use crate::{chaos, checkers, reference, setup};

/// Long enough for the monkey to kill, pause, cut and empty everything it can once.
const CHAOS: Duration = Duration::from_secs(40);

pub(crate) fn run() -> anyhow::Result<()> {
    setup::packages()?;
    setup::npm()?;
    setup::nextest()?;
    setup::rq_environments()?;
    checkers::install()?;
    setup::workspace()?;
    say("unit tests of the workspace");
    setup::test_workspace()?;
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
    say("a short run of chaos");
    sh::run(sh::cargo().args(["build", "--locked", "-p", "bidlens"]))?;
    let program = sh::target().join("debug/bidlens");
    chaos::run(&chaos::Plan { length: CHAOS, seed: 1, program: Some(program) })?;
    say("tests");
    sh::run(sh::cargo().args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]))
}
