//! `cargo xtask bench pages FILE`: CPU time of drawing all pages of a PDF at 150 dots an inch, beside pdftoppm.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context, ensure};
use bidlens_documents::{Limits, page_pictures, parse};

use crate::{setup, sh};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// PDF to draw
    file: PathBuf,
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// A built program to measure instead of a fresh release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

const DOTS_PER_INCH: u32 = 150;

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let file = std::fs::canonicalize(&options.file).with_context(|| format!("read {}", options.file.display()))?;
    setup::document_packages()?;
    let program = sh::program_or_release(options.program.as_deref())?;
    let bytes = Arc::new(std::fs::read(&file)?);
    let count = u32::try_from(parse("file.pdf", &bytes, &Limits::default()).pages.len())?;
    ensure!(count > 0, "{} has no pages", file.display());
    let numbers: Vec<u32> = (1..=count).collect();
    let folder = sh::target().join("bench/pages");
    std::fs::create_dir_all(&folder)?;
    let mut figures: [Vec<f64>; 4] = Default::default();
    for _ in 0..options.rounds.max(1) {
        figures[0].push(sh::timed(|| drawn(&bytes, &numbers))?.1);
        figures[1].push(sh::timed(|| pdftoppm(&file, &folder, &[]))?.1);
        figures[2].push(sh::timed(|| as_png(&program, &file, &numbers))?.1);
        figures[3].push(sh::timed(|| pdftoppm(&file, &folder, &["-png"]))?.1);
    }
    let [dots, dots_peer, png, png_peer] = figures.map(|mut seconds| {
        seconds.sort_by(f64::total_cmp);
        seconds[seconds.len() / 2]
    });
    let line = |what: &str, own: f64, peer: f64| {
        let own_page = own * 1_000.0 / f64::from(count);
        let peer_page = peer * 1_000.0 / f64::from(count);
        sh::print(&format!("{what:32} {own_page:>8.1} ms {peer_page:>10.1} ms {:>8.1} x", peer / own.max(1e-9)))
    };
    sh::print(&format!("{count} pages at {DOTS_PER_INCH} dpi, CPU time a page, median of {}", options.rounds.max(1)))?;
    sh::print(&format!("{:32} {:>11} {:>13}", "", "bidlens", "pdftoppm"))?;
    line("dots (pdftoppm: written as PPM)", dots, dots_peer)?;
    line("PNG, in a process with limits", png, png_peer)
}

fn drawn(bytes: &Arc<Vec<u8>>, numbers: &[u32]) -> anyhow::Result<()> {
    let mut failed = None;
    page_pictures("file.pdf", bytes, numbers, DOTS_PER_INCH, &Limits::default(), &mut |number, picture| {
        failed = picture.err().map(|error| format!("page {number}: {error}"));
        failed.is_none()
    });
    failed.map_or(Ok(()), |failed| anyhow::bail!("{failed}"))
}

fn as_png(program: &Path, file: &Path, numbers: &[u32]) -> anyhow::Result<()> {
    let pages: Vec<String> = numbers.iter().map(u32::to_string).collect();
    let mut child = sh::command(program)
        .args(["draw-child", "--name=file.pdf", "--page", &pages.join(",")])
        .args(["--dots-per-inch", &DOTS_PER_INCH.to_string()])
        .stdin(std::fs::File::open(file)?)
        .stdout(Stdio::piped())
        .spawn()
        .context("start the program")?;
    let mut out = child.stdout.take().context("no pipe")?;
    let mut chunk = vec![0; 1 << 20];
    while out.read(&mut chunk)? > 0 {}
    ensure!(child.wait()?.success(), "the program failed");
    Ok(())
}

fn pdftoppm(file: &Path, folder: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    sh::run(
        sh::command("pdftoppm")
            .args(["-r", &DOTS_PER_INCH.to_string()])
            .args(arguments)
            .arg(file)
            .arg(folder.join("page")),
    )
}
