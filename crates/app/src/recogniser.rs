//! Reads the pages of a file that hold no words of their own: draws them in a child process, has an engine read
//! them, and has the file parsed once more with those words.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use anyhow::Context;
use bidlens_documents::RenderError;
use bidlens_documents::ocr::{OcrEngine, OcrError, PreparedPage, RecognisedPage};
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

    /// The words of a document's unreadable pages; `None` when it has no such pages, or nothing reads them.
    pub(crate) async fn read(
        &self,
        program: &Path,
        limits: &ParseLimits,
        max_bytes: u64,
        document: &Document,
        bytes: Vec<u8>,
        report: PageReport<'_>,
    ) -> anyhow::Result<Option<(Vec<RecognisedPage>, Vec<ParseIssue>)>> {
        let mut numbers: Vec<u32> = document.unreadable_pages().collect();
        if numbers.is_empty() {
            return Ok(None);
        }
        let Some(engine) = self.engine().await? else { return Ok(None) };
        let max = usize::try_from(self.pages_max).unwrap_or(usize::MAX);
        let left_out = numbers.len().saturating_sub(max);
        numbers.truncate(max);
        let wall_s = limits.wall_s.saturating_add(PAGE_WALL_S.saturating_mul(numbers.len() as u64));
        let mut command = child(program, "draw-child", limits, &document.name, max_bytes);
        command.arg("--prepared");
        command.arg("--page").arg(numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(","));
        let mut recognised = Recognised::default();
        let talk = |stdin, stdout| async {
            let pages = read_pages(engine.as_ref(), &numbers, stdout, &mut recognised, report);
            feed(stdin, bytes, pages).await.map(Some)
        };
        let stop = talk_with(&mut command, wall_s, talk).await?.err();
        let why = stop.map(|stop: Stop| stop.detail(limits));
        let mut issues = Vec::new();
        for number in numbers {
            let failed = recognised.failed.iter().find(|(failed, _)| *failed == number).map(|(_, why)| why.as_str());
            if recognised.pages.iter().any(|page| page.number == number) {
                continue;
            }
            let why = failed.or(why.as_deref()).unwrap_or("the pages before it could not be read either");
            issues.push(unread(number, format!("the words of the page could not be recognised: {why}")));
        }
        if left_out > 0 {
            let detail = format!(
                "{left_out} more pages are pictures and were not recognised: at most {max} of one file are; raise BIDLENS_OCR_PAGES"
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
            Ok(Some(page)) => engine.recognise(&page).await.map(|words| page.recognised(words)),
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

fn unread(page: u32, detail: String) -> ParseIssue {
    ParseIssue { code: IssueCode::UnreadablePage, severity: IssueSeverity::Warning, page: Some(page), detail }
}
