//! `cargo xtask bench workspace`: how fast the pages are in a real browser, over the release program and the sample.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde_json::Value;

use crate::server::Server;
use crate::setup;
use crate::sh::{self, say};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The tender to load, a PDF; the bundled sample when there is none
    #[arg(long, value_name = "FILE")]
    tender: Option<PathBuf>,
    /// A built program instead of a fresh release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

const PASSWORD: &str = "bench-password-1";
const BIDS: &[(&str, &str)] = &[
    ("samples/bid_defective.docx", "云州博砚智能设备有限公司"),
    ("samples/bid_conforming.docx", "临澜启衡教育科技有限公司"),
];

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    setup::packages()?;
    setup::npm()?;
    let program = sh::program_or_release(options.program.as_deref())?;
    let data = sh::target().join("bench-workspace");
    let address = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).context("find a port")?;
    let mut server = Server::start(&program, &address.to_string(), &data, PASSWORD)?;
    let tender = options.tender.clone().unwrap_or_else(|| PathBuf::from("samples/tender.pdf"));
    let bids: Vec<_> = BIDS.iter().map(|(file, bidder)| (*file, (*bidder).to_owned())).collect();
    server.client.load(PASSWORD, "工作台测速", &tender.display().to_string(), None, &bids)?;
    let base = format!("http://{address}");
    say("measuring in Chromium");
    let mut node = sh::command("node");
    node.current_dir(sh::root().join("web")).args(["tests/measure.mjs", &base, PASSWORD]);
    let measured: Value = serde_json::from_str(&sh::read(&mut node)?).context("read what was measured")?;
    print(&measured)
}

fn print(measured: &Value) -> anyhow::Result<()> {
    let number = |group: &str, name: &str| measured[group][name].as_f64();
    let ms = |group: &str, name: &str| number(group, name).map_or_else(|| "–".to_owned(), |v| format!("{v:.0} ms"));
    let kb = number("first_load", "bytes").unwrap_or_default() / 1000.0;
    let fps = number("matrix", "fps").unwrap_or_default();
    let rows = [
        ("first load, 4 × slower processor, until one can type (middle of 5)", ms("first_load", "ms"), "≤ 2,000 ms"),
        ("bytes before the first page, compressed", format!("{kb:.0} kB"), "≤ 400 kB"),
        ("click on a quote → words marked, page not drawn before, middle", ms("evidence", "cold_ms"), "≤ 1,000 ms"),
        ("the slowest of them", ms("evidence", "cold_max_ms"), ""),
        ("click on a quote → words marked, page drawn before, middle", ms("evidence", "warm_ms"), "≤ 300 ms"),
        ("the slowest of them", ms("evidence", "warm_max_ms"), ""),
        ("matrix of 1,000 × 10, first paint", ms("matrix", "first_paint_ms"), "≤ 1,000 ms"),
        ("matrix of 1,000 × 10, scrolling", format!("{fps:.0} frames/s"), "≥ 50"),
    ];
    for (what, value, bar) in rows {
        sh::print(&format!("{value:>14}  {bar:<12}  {what}"))?;
    }
    Ok(())
}
