//! Reads the pages of a file that hold no words of their own, and pictures beside words: draws them in a child process,
//! has an engine read them, and has the file parsed once more with those words.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use anyhow::Context;
use bidlens_documents::RenderError;
use bidlens_documents::ocr::{self, OcrEngine, OcrError, PreparedPage, Quarters, RecognisedPage, Wanted};
use bidlens_domain::document::{Document, IssueCode, IssueSeverity, ParseIssue};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::ChildStdout;

use crate::parser::{ParseLimits, Stop, child, feed, talk_with};

/// An engine, and how much of one file it reads.
#[derive(Debug, Clone)]
pub struct Recogniser {
    engine: Arc<LookedFor>,
    /// Pages of one file.
    pages_max: u32,
}

type Engine = Arc<dyn OcrEngine>;
/// An engine that is looked for once, when it is first needed.
type LookedFor = LazyLock<Option<Engine>, Box<dyn FnOnce() -> Option<Engine> + Send>>;

/// Hears how many pages of a file have been recognised, and of how many.
pub type PageReport<'r> = &'r (dyn Fn(u32, u32) + Send + Sync);

/// Seconds by the clock that are added to a file's own for each page that is recognised.
const PAGE_WALL_S: u64 = 240;
/// After so many pages one after the other that the engine could not read, the rest is left alone.
const FAILURES_MAX: usize = 3;
/// A prepared page: the dots of an A0 sheet.
const FRAME_BYTES_MAX: u64 = 256 << 20;

/// What came of the pages of one file.
#[derive(Debug, Default)]
struct Recognised {
    pages: Vec<RecognisedPage>,
    /// Pages that were not read, and why.
    failed: Vec<(u32, String)>,
}

impl Recogniser {
    pub fn new(engine: Engine, pages_max: u32) -> Self {
        Recogniser::looked_for(move || Some(engine), pages_max)
    }

    /// The engine is looked for when the first page needs it: asking a program what it can read takes longer than
    /// reading a short file. Without one, pages stay as they are.
    pub fn looked_for(find: impl FnOnce() -> Option<Engine> + Send + 'static, pages_max: u32) -> Self {
        Recogniser { engine: Arc::new(LazyLock::new(Box::new(find))), pages_max }
    }

    /// Names the engine and what it may read; `None` without an engine.
    pub(crate) async fn identity(&self) -> anyhow::Result<Option<String>> {
        let engine = self.engine().await?;
        Ok(engine.map(|engine| format!("{}\n{}", engine.identity(), self.pages_max)))
    }

    async fn engine(&self) -> anyhow::Result<Option<Engine>> {
        let looked_for = Arc::clone(&self.engine);
        Ok(tokio::task::spawn_blocking(move || (**looked_for).clone()).await?)
    }

    /// The words of a document's unreadable pages and pictures; `None` when it has none, or nothing reads them.
    pub(crate) async fn read(
        &self,
        program: &Path,
        limits: &ParseLimits,
        max_bytes: u64,
        document: &Document,
        bytes: Vec<u8>,
        report: PageReport<'_>,
    ) -> anyhow::Result<Option<(Vec<RecognisedPage>, Vec<ParseIssue>)>> {
        let mut wanted = ocr::wanted(document);
        if wanted.is_empty() {
            return Ok(None);
        }
        let Some(engine) = self.engine().await? else { return Ok(None) };
        let max = usize::try_from(self.pages_max).unwrap_or(usize::MAX);
        let left_out = wanted.len().saturating_sub(max);
        wanted.truncate(max);
        let numbers: Vec<u32> = wanted.iter().map(|wanted| wanted.number).collect();
        let wall_s = limits.wall_s.saturating_add(PAGE_WALL_S.saturating_mul(numbers.len() as u64));
        let told = serde_json::to_vec(&wanted).context("write what is to be recognised")?;
        let mut command = child(program, "draw-child", limits, &document.name, max_bytes);
        command.arg("--wanted-bytes").arg(told.len().to_string());
        let mut recognised = Recognised::default();
        let talk = |stdin, stdout| async {
            let pages = read_pages(engine.as_ref(), &numbers, stdout, &mut recognised, report);
            feed(stdin, [told, bytes].concat(), pages).await.map(Some)
        };
        let stop = talk_with(&mut command, wall_s, talk).await?.err();
        let why = stop.map(|stop: Stop| stop.detail(limits));
        let mut issues = Vec::new();
        for wanted in wanted {
            let number = wanted.number;
            let failed = recognised.failed.iter().find(|(failed, _)| *failed == number).map(|(_, why)| why.as_str());
            if recognised.pages.iter().any(|page| page.number == number) {
                continue;
            }
            let why = failed.or(why.as_deref()).unwrap_or("the pages before it could not be read either");
            issues.push(unread(&wanted, why));
        }
        if left_out > 0 {
            let detail = format!(
                "{left_out} more pages are pictures, or hold some, and were not recognised: at most {max} of one file are; raise BIDLENS_OCR_PAGES"
            );
            issues.push(ParseIssue {
                code: IssueCode::TooManyPages,
                severity: IssueSeverity::Warning,
                page: None,
                detail,
            });
        }
        Ok(Some((recognised.pages, issues)))
    }
}

/// The words of a page, which is turned where it lies sideways or upside down.
///
/// A page that was read well as it lies costs nothing more.
async fn upright(engine: &dyn OcrEngine, page: &PreparedPage) -> Result<RecognisedPage, OcrError> {
    let as_it_lies = page.recognised(engine.recognise(page).await?);
    if as_it_lies.is_upright() || page.regions.is_empty() {
        return Ok(as_it_lies);
    }
    let turns = match engine.orientation(page).await {
        Some(Quarters::None) => Vec::new(),
        Some(quarters) => vec![quarters],
        None if as_it_lies.is_hopeful() => Vec::new(),
        None => Quarters::OTHERS.to_vec(),
    };
    let mut best = as_it_lies;
    for quarters in turns {
        let turned = page.turned(quarters);
        // What was read of the page before is not lost by an engine that fails on it now.
        let Ok(words) = engine.recognise(&turned).await else { break };
        let read = turned.recognised(words);
        if read.is_surer_than(&best) {
            best = read;
        }
        if best.is_upright() {
            break;
        }
    }
    Ok(best)
}

/// Takes page after page from the child that draws them, as fast as the engine reads.
async fn read_pages(
    engine: &dyn OcrEngine,
    numbers: &[u32],
    mut drawn: ChildStdout,
    recognised: &mut Recognised,
    report: PageReport<'_>,
) -> anyhow::Result<()> {
    let count = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
    let mut failures = 0;
    for (done, number) in (0..count).zip(numbers) {
        report(done, count);
        let Some(frame) = frame(&mut drawn).await? else { return Ok(()) };
        let read = match frame.map(|page| PreparedPage::from_bytes(&page)) {
            Ok(Some(page)) => upright(engine, &page).await,
            Ok(None) => Err(OcrError("the drawn page cannot be understood".to_owned())),
            Err(error) => Err(OcrError(error.to_string())),
        };
        match read {
            Ok(page) => {
                failures = 0;
                recognised.pages.push(page);
            }
            Err(error) => {
                failures += 1;
                tracing::warn!(%error, page = number, "the words of a page were not recognised");
                recognised.failed.push((*number, error.to_string()));
                if failures == FAILURES_MAX {
                    return Ok(());
                }
            }
        }
    }
    report(count, count);
    Ok(())
}

/// The next page that a child drew, or why it could not; `None` at the end.
pub(crate) async fn frame(
    drawn: &mut (impl AsyncRead + Unpin),
) -> anyhow::Result<Option<Result<Vec<u8>, RenderError>>> {
    let mut head = [0u8; 9];
    match drawn.read_exact(&mut head).await {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error).context("read from a child"),
    }
    let [kind, length @ ..] = head;
    let length = u64::from_le_bytes(length);
    anyhow::ensure!(length <= FRAME_BYTES_MAX, "a child sent a page of {length} bytes");
    let mut body = Vec::new();
    drawn.take(length).read_to_end(&mut body).await.context("read from a child")?;
    if body.len() as u64 != length {
        return Ok(None);
    }
    Ok(Some(match kind {
        0 => Ok(body),
        _ => Err(serde_json::from_slice(&body).context("read why a page was not drawn")?),
    }))
}

fn unread(wanted: &Wanted, why: &str) -> ParseIssue {
    // That the words of a picture are unread is told by the reader; what is new is that another time they may be.
    let (code, what) = match wanted.is_beside_words() {
        true => (IssueCode::Interrupted, "a picture here"),
        false => (IssueCode::UnreadablePage, "the page"),
    };
    let detail = format!("the words of {what} could not be recognised: {why}");
    ParseIssue { code, severity: IssueSeverity::Warning, page: wanted.page, detail }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bidlens_documents::ocr::Word;
    use serde_json::json;

    use super::*;

    /// An engine that reads the page well when it is turned as the first says, and tells what the second says.
    #[derive(Debug)]
    struct Reader {
        lies: Quarters,
        told: Option<Quarters>,
        read: AtomicUsize,
    }

    #[async_trait::async_trait]
    impl OcrEngine for Reader {
        fn identity(&self) -> String {
            "engine".to_owned()
        }

        async fn recognise(&self, shown: &PreparedPage) -> Result<Vec<Word>, OcrError> {
            self.read.fetch_add(1, Ordering::Relaxed);
            let well = *shown == page().turned(self.lies);
            let (text, confidence) = if well { ("招标文件", 0.9) } else { ("|", 0.2) };
            Ok(vec![Word { region: 0, text: text.to_owned(), x0: 0.0, x1: 2.0, y0: 0.0, y1: 2.0, confidence }])
        }

        async fn orientation(&self, _: &PreparedPage) -> Option<Quarters> {
            self.told
        }
    }

    fn page() -> PreparedPage {
        let header = json!({
            "number": 1, "dots_per_inch": 200, "width": 8, "height": 6, "rules": [], "seal_marks": [], "boxes": [],
            "regions": [{"kind": "page", "x": 1, "y": 1, "width": 3, "height": 2}],
        });
        let bytes = [header.to_string().as_bytes(), b"\n", &[1, 2, 3, 4, 5, 6]].concat();
        PreparedPage::from_bytes(&bytes).expect("a page")
    }

    /// How often a page is read, and whether it was read well.
    async fn read(lies: Quarters, told: Option<Quarters>) -> (usize, bool) {
        let engine = Reader { lies, told, read: AtomicUsize::new(0) };
        let well = upright(&engine, &page()).await.expect("a page").is_upright();
        (engine.read.load(Ordering::Relaxed), well)
    }

    #[tokio::test]
    async fn a_page_is_turned_as_the_engine_says_or_until_it_can_be_read() {
        assert_eq!(read(Quarters::None, None).await, (1, true), "nothing more is asked of a page that is read well");
        assert_eq!(read(Quarters::Three, Some(Quarters::Three)).await, (2, true));
        assert_eq!(read(Quarters::One, None).await, (2, true));
        assert_eq!(read(Quarters::Two, None).await, (4, true));
        assert_eq!(read(Quarters::Two, Some(Quarters::None)).await, (1, false), "the engine is sure: it is a bad scan");
        assert_eq!(read(Quarters::Two, Some(Quarters::One)).await, (2, false));
    }
}
