//! Tesseract as an engine of text recognition: one process for the cells of a page and one for the rest of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bidlens_documents::ocr::{OcrEngine, OcrError, PreparedPage, Quarters, Region, RegionKind, Word};

use crate::converter::sandboxed;
use crate::parser::{ParseLimits, talk};

/// Seconds by the clock that one page may take; a full one takes four.
const PAGE_WALL_S: u64 = 180;
const ANSWER_MB: u64 = 64;
/// Paper around a region: words at the very edge of a picture are read badly.
const BORDER: u32 = 12;
/// A region less high than this has no layout to find.
const LAYOUT_MIN_INCHES: f32 = 1.5;
/// The model for Chinese, alone: with the English one beside it, both languages are read worse.
pub const OCR_LANGUAGE: &str = "chi_sim";

/// The model for how a page lies, which Debian installs with Tesseract.
const ORIENTATION_MODEL: &str = "osd";
/// Tesseract is some 10 to 20 sure of a page of words, and less than 1 of a drawing.
const ORIENTATION_CONFIDENCE_MIN: f32 = 2.0;

/// A Tesseract that is installed.
#[derive(Debug, Clone)]
pub struct Tesseract {
    /// This program, which runs Tesseract within limits.
    program: PathBuf,
    tesseract: PathBuf,
    /// As its first line names it.
    version: String,
    language: String,
    /// It has the model that tells how a page lies.
    tells_orientation: bool,
    limits: ParseLimits,
}

/// How Tesseract is to divide a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layout {
    /// It finds columns and paragraphs itself.
    Page,
    /// One block of lines.
    Block,
}

impl Layout {
    fn of(region: &Region, dots_per_inch: u32) -> Layout {
        let inches = region.height as f32 / dots_per_inch.max(1) as f32;
        if region.kind == RegionKind::Page && inches >= LAYOUT_MIN_INCHES { Layout::Page } else { Layout::Block }
    }

    fn mode(self) -> &'static str {
        match self {
            Layout::Page => "3",
            Layout::Block => "6",
        }
    }
}

impl Tesseract {
    /// Asks the program for its version and whether it has the language; the error says what to install.
    pub fn find(
        program: PathBuf,
        tesseract: PathBuf,
        language: &str,
        limits: ParseLimits,
    ) -> Result<Tesseract, OcrError> {
        let shown = tesseract.display();
        let asked = std::process::Command::new(&tesseract).arg("--list-langs").output();
        let asked = asked.map_err(|e| OcrError(format!("{shown} cannot be started: {e}")))?;
        let languages = String::from_utf8_lossy(&asked.stdout).into_owned() + &String::from_utf8_lossy(&asked.stderr);
        if let Some(missing) = language.split('+').find(|wanted| !languages.lines().any(|l| l.trim() == *wanted)) {
            return Err(OcrError(format!(
                "{shown} has no model `{missing}`; install tesseract-ocr-{}",
                missing.replace('_', "-")
            )));
        }
        let asked = std::process::Command::new(&tesseract).arg("--version").output();
        let asked = asked.map_err(|e| OcrError(format!("{shown} cannot be started: {e}")))?;
        let said = String::from_utf8_lossy(&asked.stdout).into_owned() + &String::from_utf8_lossy(&asked.stderr);
        let version = said.lines().next().unwrap_or("tesseract").trim().to_owned();
        let tells_orientation = languages.lines().any(|l| l.trim() == ORIENTATION_MODEL);
        Ok(Tesseract { program, tesseract, version, language: language.to_owned(), tells_orientation, limits })
    }

    /// Whether it has the model that tells how a page lies; without it, pages are tried in all four ways.
    pub fn tells_orientation(&self) -> bool {
        self.tells_orientation
    }

    /// What it says of how a page lies; `None` also where it fails, as it does on pages of few words.
    async fn look_at(&self, page: &PreparedPage) -> anyhow::Result<Option<Quarters>> {
        let folder = tempfile::Builder::new().prefix("bidlens-ocr-").tempdir()?;
        let path = folder.path().join("page.pgm");
        tokio::fs::write(&path, page.whole().pgm()).await?;
        let mut command = sandboxed(&self.program, &self.limits, Some(folder.path()));
        command.arg(&self.tesseract).arg(&path).arg("stdout");
        command.args(["-l", ORIENTATION_MODEL, "--psm", "0", "--dpi", &page.dots_per_inch.to_string()]);
        let answer = talk(&mut command, Vec::new(), self.limits.wall_s.min(PAGE_WALL_S), ANSWER_MB).await?;
        Ok(answer.ok().and_then(|answer| orientation_in(&String::from_utf8_lossy(&answer))))
    }

    async fn read(
        &self,
        page: &PreparedPage,
        layout: Layout,
        regions: &[usize],
        words: &mut Vec<Word>,
    ) -> anyhow::Result<Result<(), OcrError>> {
        let folder = tempfile::Builder::new().prefix("bidlens-ocr-").tempdir()?;
        let mut list = String::new();
        for (at, region) in regions.iter().filter_map(|&n| page.regions.get(n)).enumerate() {
            let path = folder.path().join(format!("{at}.pgm"));
            tokio::fs::write(&path, bordered(region).pgm()).await?;
            list.push_str(&format!("{}\n", path.display()));
        }
        let list_path = folder.path().join("pictures.txt");
        tokio::fs::write(&list_path, list).await?;
        let mut command = sandboxed(&self.program, &self.limits, Some(folder.path()));
        command.arg(&self.tesseract).arg(&list_path).arg("stdout");
        command.args(["-l", &self.language, "--psm", layout.mode(), "--dpi", &page.dots_per_inch.to_string()]);
        command.args(["-c", "tessedit_create_tsv=1", "-c", "tessedit_create_txt=0"]);
        let answer = match talk(&mut command, Vec::new(), self.limits.wall_s.min(PAGE_WALL_S), ANSWER_MB).await? {
            Ok(answer) => answer,
            Err(stop) => return Ok(Err(OcrError(stop.detail(&self.limits)))),
        };
        let table = String::from_utf8_lossy(&answer);
        words.extend(words_of(&table).into_iter().filter_map(|word| {
            // The pictures are counted in the order of the list.
            Some(Word { region: *regions.get(word.region)?, ..word })
        }));
        Ok(Ok(()))
    }
}

#[async_trait::async_trait]
impl OcrEngine for Tesseract {
    fn identity(&self) -> String {
        let orientation = if self.tells_orientation { "+osd" } else { "" };
        format!("{} {}{orientation}", self.version, self.language)
    }

    async fn recognise(&self, page: &PreparedPage) -> Result<Vec<Word>, OcrError> {
        let mut by_layout: BTreeMap<Layout, Vec<usize>> = BTreeMap::new();
        for (at, region) in page.regions.iter().enumerate() {
            by_layout.entry(Layout::of(region, page.dots_per_inch)).or_default().push(at);
        }
        let mut words = Vec::new();
        for (layout, regions) in by_layout {
            self.read(page, layout, &regions, &mut words).await.map_err(|e| OcrError(format!("{e:#}")))??;
        }
        Ok(words)
    }

    async fn orientation(&self, page: &PreparedPage) -> Option<Quarters> {
        if !self.tells_orientation {
            return None;
        }
        self.look_at(page).await.unwrap_or_else(|error| {
            tracing::warn!(%error, page = page.number, "it was not found out how a page lies");
            None
        })
    }
}

/// How a page must be turned, when the answer says so and is sure of it.
fn orientation_in(answer: &str) -> Option<Quarters> {
    let value = |name: &str| {
        answer.lines().find_map(|line| line.split_once(':').filter(|(n, _)| n.trim() == name)).map(|(_, v)| v.trim())
    };
    let sure: f32 = value("Orientation confidence")?.parse().ok()?;
    if sure < ORIENTATION_CONFIDENCE_MIN {
        return None;
    }
    Quarters::from_degrees(value("Rotate")?.parse().ok()?)
}

/// The region with paper around it.
fn bordered(region: &Region) -> Region {
    let (width, height) = (region.width + 2 * BORDER, region.height + 2 * BORDER);
    let mut pixels = vec![255; (width * height) as usize];
    for (y, row) in region.pixels.chunks_exact(region.width.max(1) as usize).enumerate() {
        let start = (y + BORDER as usize) * width as usize + BORDER as usize;
        if let Some(to) = pixels.get_mut(start..start + row.len()) {
            to.copy_from_slice(row);
        }
    }
    Region { width, height, pixels, ..region.clone() }
}

/// Words of a table as Tesseract writes it (TSV); `region` is the number of the picture, from 0.
///
/// A word's own box is as high as its ink: 一 would be a line of its own. It gets the height of its line.
fn words_of(table: &str) -> Vec<Word> {
    const LINE: u32 = 4;
    const WORD: u32 = 5;
    let mut words = Vec::new();
    let mut line = (0.0f32, 0.0f32);
    for row in table.lines() {
        let columns: Vec<&str> = row.split('\t').collect();
        let [level, picture, _, _, _, _, left, top, width, height, confidence, text] = columns.as_slice() else {
            continue;
        };
        let number = |text: &str| text.trim().parse::<f32>().ok();
        let (Ok(level), Ok(picture)) = (level.parse::<u32>(), picture.parse::<usize>()) else { continue };
        let (Some(left), Some(top), Some(width), Some(height)) =
            (number(left), number(top), number(width), number(height))
        else {
            continue;
        };
        let border = BORDER as f32;
        match level {
            LINE => line = (top - border, top + height - border),
            WORD if !text.trim().is_empty() => words.push(Word {
                region: picture.saturating_sub(1),
                text: (*text).to_owned(),
                x0: (left - border).max(0.0),
                x1: left + width - border,
                y0: line.0.max(0.0),
                y1: line.1,
                confidence: number(confidence).unwrap_or(0.0) / 100.0,
            }),
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
        1\t1\t0\t0\t0\t0\t0\t0\t300\t60\t-1\t\n\
        4\t1\t1\t1\t1\t0\t12\t14\t200\t30\t-1\t\n\
        5\t1\t1\t1\t1\t1\t12\t27\t30\t4\t91.5\t一\n\
        5\t1\t1\t1\t1\t2\t50\t14\t90\t30\t40.0\t标段\"\n\
        4\t2\t1\t1\t1\t0\t20\t20\t80\t24\t-1\t\n\
        5\t2\t1\t1\t1\t1\t20\t20\t80\t24\t88\t交货期\n\
        5\t2\t1\t1\t1\t2\tx\t20\t80\t24\t88\t坏\n";

    #[test]
    fn words_have_the_height_of_their_line_and_the_place_in_their_region() {
        let words = words_of(TABLE);
        let texts: Vec<(usize, &str)> = words.iter().map(|w| (w.region, w.text.as_str())).collect();
        assert_eq!(texts, [(0, "一"), (0, "标段\""), (1, "交货期")]);
        assert_eq!((words[0].x0, words[0].y0, words[0].x1, words[0].y1), (0.0, 2.0, 30.0, 32.0));
        assert!((words[0].confidence - 0.915).abs() < 1e-4);
    }

    #[test]
    fn how_a_page_lies_is_taken_only_when_tesseract_is_sure() {
        let answer = |rotate: &str, sure: &str| {
            let text = format!(
                "Page number: 0\nOrientation in degrees: 90\nRotate: {rotate}\nOrientation confidence: {sure}\nScript: Han\n"
            );
            orientation_in(&text)
        };
        assert_eq!(answer("270", "10.08"), Some(Quarters::Three));
        assert_eq!(answer("0", "18.59"), Some(Quarters::None));
        assert_eq!(answer("180", "0.4"), None);
        assert_eq!(answer("45", "9"), None);
        assert_eq!(orientation_in("Too few characters. Skipping this page"), None);
    }

    #[test]
    fn a_border_leaves_the_words_where_they_were() {
        let region = Region { kind: RegionKind::Cell, x: 0, y: 0, width: 2, height: 1, pixels: vec![1, 2] };
        let framed = bordered(&region);
        assert_eq!((framed.width, framed.height), (26, 25));
        let at = (12 * 26 + 12) as usize;
        assert_eq!(&framed.pixels[at..at + 2], [1, 2]);
        assert_eq!(framed.pixels.iter().filter(|p| **p != 255).count(), 2);
    }
}
