//! Pictures of a file's pages, drawn when somebody looks at them.

use std::sync::Arc;

use anyhow::Context;
use bidlens_documents::{RenderError, page_picture};
use bidlens_storage::Access;

use crate::App;
use crate::error::{AppError, Fault};
use crate::parser::{Parser, child, feed, talk_with};
use crate::recogniser::frame;

/// What a page is drawn with when nobody says otherwise, and the bounds of what may be said.
pub const PAGE_IMAGE_DPI: u32 = 150;
const DPI_MIN: u32 = 36;
const DPI_MAX: u32 = 300;

/// A page as it is shown.
#[derive(Debug, Clone)]
pub struct PageImage {
    /// The same name, the same picture.
    pub name: String,
    /// `None` where the asker has it.
    pub png: Option<Vec<u8>>,
}

impl App {
    /// A page of a PDF or picture as a PNG, drawn unless the asker has it: `known` is the name it came under.
    pub async fn page_image(
        &self,
        access: &Access,
        project_id: &str,
        asset_id: &str,
        page: u32,
        dots_per_inch: u32,
        known: Option<&str>,
    ) -> Result<PageImage, AppError> {
        if !(DPI_MIN..=DPI_MAX).contains(&dots_per_inch) {
            return Err(AppError::invalid("bad_dpi", format!("`dpi` is a number from {DPI_MIN} to {DPI_MAX}")));
        }
        let asset = self.own_asset(access, project_id, asset_id).await?;
        let name = format!("{}-{page}-{dots_per_inch}-{}", asset.sha256, bidlens_documents::VERSION);
        if known == Some(name.as_str()) {
            return Ok(PageImage { name, png: None });
        }
        let bytes = self.inner.files.read(&asset.sha256).await?;
        // Drawing takes a processor for a moment; more at once would only wait for each other.
        let _slot = self.inner.drawing.acquire().await.map_err(|e| AppError::outside("wait for a turn", e))?;
        let settings = &self.inner.settings;
        let drawn = settings.parser.draw(&asset.filename, bytes, page, dots_per_inch, settings.max_upload_bytes).await;
        let drawn =
            drawn.map_err(|e| AppError { cause: Some(e.into()), ..drawing_failed("the page could not be drawn") })?;
        let png = drawn.map_err(|error| match error {
            RenderError::PastTheEnd { pages } => AppError {
                detail: format!("{}: there is no page {page}; the file has {pages}", asset.filename),
                ..AppError::not_found("page")
            },
            other => AppError::invalid("no_page_image", format!("{}, page {page}: {other}", asset.filename)),
        })?;
        Ok(PageImage { name, png: Some(png) })
    }
}

fn drawing_failed(detail: &str) -> AppError {
    AppError { fault: Fault::Internal, code: "internal", detail: detail.to_owned(), cause: None }
}

impl Parser {
    /// Draws one page; the outer error is this program's, the inner one the file's.
    async fn draw(
        &self,
        name: &str,
        bytes: Vec<u8>,
        page: u32,
        dots_per_inch: u32,
        max_bytes: u64,
    ) -> anyhow::Result<Result<Vec<u8>, RenderError>> {
        let Parser::Child { program, limits, .. } = self else {
            let (name, limits) = (name.to_owned(), self.limits().reader(max_bytes));
            let draw = move || {
                page_picture(&name, &Arc::new(bytes), page, dots_per_inch, &limits).and_then(|picture| picture.png())
            };
            return tokio::task::spawn_blocking(draw).await.context("draw a page");
        };
        let mut command = child(program, "draw-child", limits, name, max_bytes);
        command.args(["--page", &page.to_string(), "--dots-per-inch", &dots_per_inch.to_string()]);
        let talk = |stdin, mut stdout| async move {
            let taken = async { frame(&mut stdout).await };
            feed(stdin, bytes, taken).await.map(Some)
        };
        Ok(match talk_with(&mut command, limits.wall_s, talk).await? {
            Ok(Some(drawn)) => drawn,
            Ok(None) => Err(RenderError::Unreadable("its reader gave no answer".to_owned())),
            Err(stop) => Err(RenderError::Unreadable(stop.detail(limits))),
        })
    }
}
