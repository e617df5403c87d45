//! `cargo xtask demo`: the whole main job on the bundled sample, first on files, then through the server.
//!
//! The server part is what the old system's scripts do: log in, create a project, import, extract, review.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::server::{Server, USERNAME};
use crate::sh::{self, say};

/// The sample's tender, its bids with their bidders, and rules of the bidder's own.
const TENDER: &str = "samples/tender.pdf";
const BIDS: &[(&str, &str)] =
    &[("samples/bid_conforming.docx", "bid-conforming"), ("samples/bid_defective.pdf", "bid-defective")];
const RULES: &str = "samples/rules.yaml";
const OUT: &str = "demo-out";

pub(crate) fn run(no_serve: bool) -> anyhow::Result<()> {
    let program = sh::build_release()?;
    let out = sh::root().join(OUT);
    say("reviewing the sample bids against the sample tender");
    let mut review = sh::command(&program);
    review.args(["review", "--tender", TENDER, "--rules", RULES, "--out", OUT]);
    for (file, _) in BIDS {
        review.args(["--bid", file]);
    }
    sh::run(&mut review)?;
    say(&format!("open the report: {}", out.join("report.html").display()));
    if no_serve {
        return Ok(());
    }
    serve(&program, &out)
}

fn serve(program: &Path, out: &Path) -> anyhow::Result<()> {
    let data = out.join("data");
    if data.exists() {
        std::fs::remove_dir_all(&data).with_context(|| format!("remove {}", data.display()))?;
    }
    let address = free_address()?;
    let password = format!("demo-{:08x}", std::process::id().wrapping_mul(2_654_435_761));
    say(&format!("starting the server at http://{address}"));
    let mut server = Server::start(program, &address, &data, &password)?;
    let mut bids = Vec::new();
    for (file, fallback) in BIDS {
        bids.push((*file, bidder_name(file)?.unwrap_or_else(|| (*fallback).to_owned())));
    }
    server.client.load(&password, "示例项目 · Sample", TENDER, Some(RULES), &bids)?;
    sh::print(&format!(
        "\nThe result is at http://{address}  (user {USERNAME}, password {password})\nPress Ctrl-C to end."
    ))?;
    let status = server.wait()?;
    if !status.success() && status.code().is_some() {
        bail!("the server ended with {status}");
    }
    Ok(())
}

/// The usual address, or a free port when something else listens there.
fn free_address() -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:9001").or_else(|_| TcpListener::bind("127.0.0.1:0"));
    let listener = listener.context("find a free port")?;
    Ok(listener.local_addr().context("find a free port")?.to_string())
}

/// The bidder as the review on files read it.
fn bidder_name(file: &str) -> anyhow::Result<Option<String>> {
    let path = sh::root().join(OUT).join("result.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    let result: Value = serde_json::from_str(&text).with_context(|| format!("read {}", path.display()))?;
    let name = PathBuf::from(file).file_name().map(|n| n.to_string_lossy().into_owned());
    let bids = result["bids"].as_array().into_iter().flatten();
    let mut own =
        bids.filter(|b| b["files"].as_array().into_iter().flatten().any(|f| f["name"].as_str() == name.as_deref()));
    Ok(own.next().and_then(|b| b["bidder_name"].as_str()).map(str::to_owned))
}
