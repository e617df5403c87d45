//! `cargo xtask eval ocr PATH`: pages of PDFs drawn at 200 dots an inch and read back, against their own words.
//!
//! Each page is made a picture, read by the program, and read by Tesseract as a whole for comparison. What counts are
//! letters and digits: in their order (edit distance) and without it (how many of them are there). With `--fields`
//! whole documents are made pictures, and their fields are held against the labels beside those of the PDFs.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use bidlens_documents::ocr::DOTS_PER_INCH;
use bidlens_documents::{Limits, PagePicture, page_picture, parse};
use bidlens_domain::document::{Document, TextSource};
use serde_json::Value;

use super::tenders;
use super::text::bare;
use crate::{setup, sh};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folder with PDFs, and `labels/` for --fields
    path: PathBuf,
    /// Pages of each document, spread over it
    #[arg(long, default_value_t = 4)]
    pages: usize,
    /// Read fields from pictures of whole documents too
    #[arg(long)]
    fields: bool,
    /// Only documents with this in their name
    #[arg(long, value_name = "WORDS", default_value = "")]
    only: String,
    /// A built program to measure instead of a fresh release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// Characters of a reading against those of the page.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    characters: usize,
    edits: usize,
    there: usize,
    cpu_s: f64,
}

impl Score {
    fn of(truth: &str, read: &str, cpu_s: f64) -> Score {
        let (truth, read): (Vec<char>, Vec<char>) = (bare(truth).chars().collect(), bare(read).chars().collect());
        let mut counts: BTreeMap<char, usize> = BTreeMap::new();
        read.iter().for_each(|c| *counts.entry(*c).or_default() += 1);
        let there =
            truth.iter().filter(|c| counts.get_mut(c).is_some_and(|n| std::mem::replace(n, n.saturating_sub(1)) > 0));
        Score { characters: truth.len(), there: there.count(), edits: edits(&truth, &read), cpu_s }
    }

    fn add(&mut self, other: Score) {
        self.characters += other.characters;
        self.edits += other.edits;
        self.there += other.there;
        self.cpu_s += other.cpu_s;
    }

    fn line(&self, pages: usize) -> String {
        let whole = self.characters.max(1) as f64;
        format!(
            "in order {:.4}, in any order {:.4}, {:.2} CPU s a page",
            1.0 - self.edits as f64 / whole,
            self.there as f64 / whole,
            self.cpu_s / pages.max(1) as f64
        )
    }
}

/// Insertions, deletions and replacements that make one the other.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != y)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let set = std::fs::canonicalize(&options.path).with_context(|| format!("read {}", options.path.display()))?;
    setup::packages()?;
    let program = sh::program_or_release(options.program.as_deref())?;
    let folder = sh::target().join("eval/ocr");
    std::fs::create_dir_all(&folder)?;
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&set)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    files.retain(|f| f.extension().is_some_and(|e| e == "pdf") && f.to_string_lossy().contains(&options.only));
    files.sort();
    let limits = Limits::default();
    let (mut ours, mut whole, mut count) = (Score::default(), Score::default(), 0);
    for file in &files {
        let bytes = std::fs::read(file).with_context(|| format!("read {}", file.display()))?;
        let document = parse("tender.pdf", &bytes, &limits);
        let bytes = Arc::new(bytes);
        let (mut own, mut other, mut pages) = (Score::default(), Score::default(), 0);
        for number in spread(&document, options.pages) {
            let picture = folder.join("page.png");
            std::fs::write(&picture, page_picture("tender.pdf", &bytes, number, DOTS_PER_INCH, &limits)?.png()?)?;
            let truth = words_of_page(&document, number);
            let (read, cpu_s) = sh::timed(|| ours_of(&program, &picture))?;
            own.add(Score::of(&truth, &read, cpu_s));
            let (read, cpu_s) = sh::timed(|| tesseract(&picture))?;
            other.add(Score::of(&truth, &read, cpu_s));
            pages += 1;
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        sh::print(&format!("{name}, {pages} pages"))?;
        sh::print(&format!("  bidlens             {}", own.line(pages)))?;
        sh::print(&format!("  tesseract, a page   {}", other.line(pages)))?;
        ours.add(own);
        whole.add(other);
        count += pages;
    }
    sh::print(&format!("all, {count} pages at {DOTS_PER_INCH} dpi"))?;
    sh::print(&format!("  bidlens             {}", ours.line(count)))?;
    sh::print(&format!("  tesseract, a page   {}", whole.line(count)))?;
    if options.fields {
        fields(&program, &set, &files, &folder)?;
    }
    Ok(())
}

/// Numbers of pages with words, spread over the document.
fn spread(document: &Document, count: usize) -> Vec<u32> {
    let worded = |number: u32| words_of_page(document, number).chars().count() > 100;
    let digital = document.pages.iter().filter(|p| p.text_source == TextSource::Digital && worded(p.number));
    let all: Vec<u32> = digital.map(|p| p.number).collect();
    let count = count.min(all.len());
    (0..count).filter_map(|n| all.get((2 * n + 1) * all.len() / (2 * count)).copied()).collect()
}

fn words_of_page(document: &Document, number: u32) -> String {
    let lines = document.blocks.iter().flat_map(|b| b.lines.iter().map(|l| (l, &b.text)));
    lines.filter(|(line, _)| line.page == number).map(|(line, text)| line.range.slice(text)).collect()
}

fn ours_of(program: &Path, picture: &Path) -> anyhow::Result<String> {
    let parsed = super::answer(program, &["parse".as_ref(), picture.as_os_str()])?;
    let segments = parsed["segments"].as_array().into_iter().flatten();
    Ok(segments.filter_map(|s| s["text"].as_str()).collect())
}

fn tesseract(picture: &Path) -> anyhow::Result<String> {
    let mut command = sh::command("tesseract");
    command.arg(picture).args(["stdout", "-l", "chi_sim", "--psm", "3", "--dpi", &DOTS_PER_INCH.to_string()]);
    sh::read(command.env("OMP_THREAD_LIMIT", "1"))
}

/// Fields from pictures of the documents, beside those from the documents.
fn fields(program: &Path, set: &Path, files: &[PathBuf], folder: &Path) -> anyhow::Result<()> {
    let scans = folder.join("scans");
    let digital = folder.join("digital");
    for place in [&scans, &digital] {
        if place.exists() {
            std::fs::remove_dir_all(place)?;
        }
        std::fs::create_dir_all(place.join("labels"))?;
    }
    for file in files {
        let name = file.file_name().context("a file has a name")?;
        let label = Path::new("labels").join(Path::new(name).with_extension("json"));
        let label_of = std::fs::read_dir(set.join("labels"))?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .find(|path| super::load(path).is_ok_and(|gold: Value| gold["doc"].as_str() == name.to_str()));
        let Some(label_of) = label_of else { continue };
        for place in [&scans, &digital] {
            std::fs::copy(&label_of, place.join(&label))?;
        }
        std::fs::copy(file, digital.join(name))?;
        let bytes = Arc::new(std::fs::read(file)?);
        let count = parse("tender.pdf", &bytes, &Limits::default()).pages.len();
        let pages = (1..=u32::try_from(count)?)
            .map(|number| Ok(page_picture("tender.pdf", &bytes, number, DOTS_PER_INCH, &Limits::default())?));
        write_scan(&scans.join(name), pages)?;
    }
    sh::print("\nfrom the PDFs")?;
    tenders::run(program, &digital, false)?;
    sh::print("\nfrom pictures of them")?;
    let ((), cpu_s) = sh::timed(|| tenders::run(program, &scans, true))?;
    sh::print(&format!("{cpu_s:.0} CPU s"))
}

/// A PDF with a picture on each page and no words.
fn write_scan(path: &Path, pages: impl Iterator<Item = anyhow::Result<PagePicture>>) -> anyhow::Result<()> {
    let file = std::fs::File::create(path).with_context(|| format!("write {}", path.display()))?;
    let mut out = std::io::BufWriter::new(file);
    let mut at = 0u64;
    let mut places: Vec<(u32, u64)> = Vec::new();
    let mut write = |bytes: &[u8], at: &mut u64| -> anyhow::Result<()> {
        *at += bytes.len() as u64;
        Ok(out.write_all(bytes)?)
    };
    write(b"%PDF-1.7\n", &mut at)?;
    let mut kids = String::new();
    let mut count = 0u32;
    for page in pages {
        let page = page?;
        let (width, height) = (page.width(), page.height());
        let points = |dots: u32| f64::from(dots) * 72.0 / f64::from(DOTS_PER_INCH);
        let first = 3 + count * 3;
        let drawing = format!("q {} 0 0 {} 0 0 cm /P Do Q", points(width), points(height));
        let grey: Vec<u8> = page
            .rgb()
            .chunks_exact(3)
            .map(|dot| ((u32::from(dot[0]) * 299 + u32::from(dot[1]) * 587 + u32::from(dot[2]) * 114) / 1000) as u8)
            .collect();
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&grey)?;
        let packed = packed.finish()?;
        let heads = [
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {} {}]/Contents {} 0 R/Resources<</XObject<</P {} 0 R>>>>>>",
                points(width),
                points(height),
                first + 1,
                first + 2
            ),
            format!("<</Length {}>>stream\n{drawing}\nendstream", drawing.len()),
            format!(
                "<</Type/XObject/Subtype/Image/Width {width}/Height {height}/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/FlateDecode/Length {}>>stream\n",
                packed.len()
            ),
        ];
        for (n, head) in (0u32..).zip(heads) {
            places.push((first + n, at));
            write(format!("{} 0 obj\n{head}", first + n).as_bytes(), &mut at)?;
            if n == 2 {
                write(&packed, &mut at)?;
                write(b"\nendstream", &mut at)?;
            }
            write(b"\nendobj\n", &mut at)?;
        }
        kids.push_str(&format!("{first} 0 R "));
        count += 1;
    }
    for (number, body) in
        [(1, "<</Type/Catalog/Pages 2 0 R>>".to_owned()), (2, format!("<</Type/Pages/Kids[{kids}]/Count {count}>>"))]
    {
        places.push((number, at));
        write(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes(), &mut at)?;
    }
    places.sort_unstable();
    let start = at;
    write(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).as_bytes(), &mut at)?;
    for (_, place) in &places {
        write(format!("{place:010} 00000 n \n").as_bytes(), &mut at)?;
    }
    let trailer = format!("trailer<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", places.len() + 1);
    write(trailer.as_bytes(), &mut at)?;
    out.flush()?;
    Ok(())
}
