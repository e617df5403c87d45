//! A bidder's own file with the findings of the review at their places.

use anyhow::Context;
use bidlens_documents::{AnnotateError, Annotated, Note, annotate};
use bidlens_domain::document::{DocumentId, Format, Language};
use bidlens_domain::finding::Finding;
use bidlens_storage::{Access, AssetKind};

use crate::App;
use crate::error::{AppError, Fault};
use crate::export::{Export, WORD_TYPE};
use crate::parser::{Parser, child, talk};

/// A copy of a file with findings in it, and the name it is saved under.
#[derive(Debug, Clone)]
pub struct AnnotatedCopy {
    pub filename: String,
    pub export: Export,
}

impl App {
    /// A file of a bid with every finding that rests on its words; findings about other files of the bid are left out.
    pub async fn annotated_copy(
        &self,
        access: &Access,
        project_id: &str,
        asset_id: &str,
        language: Language,
    ) -> Result<AnnotatedCopy, AppError> {
        let asset = self.own_asset(access, project_id, asset_id).await?;
        if asset.kind != AssetKind::Bid {
            return Err(AppError::invalid("not_a_bid", format!("{}: only files of bids are reviewed", asset.filename)));
        }
        let reviews = self.reviews(access, project_id, Some(&asset.bidder_name)).await?;
        if reviews.is_empty() {
            return Err(AppError::new(
                Fault::Conflict,
                "nothing_to_export",
                format!("the bid of {} has not been reviewed yet; run the review first", asset.bidder_name),
            ));
        }
        let findings = reviews.iter().flat_map(|review| &review.findings);
        let notes = notes_on(&asset.sha256, findings, language);
        let bytes = self.inner.files.read(&asset.sha256).await?;
        // It takes a processor for a moment, as drawing does; more at once would only wait for each other.
        let _slot = self.inner.drawing.acquire().await.map_err(|e| AppError::outside("wait for a turn", e))?;
        let settings = &self.inner.settings;
        let written = settings.parser.annotate(&asset.filename, bytes, notes, settings.max_upload_bytes).await;
        let written = written.map_err(|e| AppError {
            fault: Fault::Internal,
            code: "internal",
            detail: "the copy could not be written".to_owned(),
            cause: Some(e.into()),
        })?;
        let copy = written.map_err(|error| {
            let code = match &error {
                AnnotateError::OtherKind => "no_annotations",
                AnnotateError::Encrypted => "encrypted",
                AnnotateError::Unreadable(_) => "unreadable",
            };
            AppError::invalid(code, format!("{}: {error}", asset.filename))
        })?;
        let export = exported(copy);
        Ok(AnnotatedCopy { filename: copy_name(&asset.filename, export.extension), export })
    }
}

fn exported(copy: Annotated) -> Export {
    let (content_type, extension) = match copy.format {
        Format::Docx => (WORD_TYPE, "docx"),
        _ => ("application/pdf", "pdf"),
    };
    Export { bytes: copy.bytes, content_type, extension }
}

/// `bid.pdf` becomes `bid.annotated.pdf`.
fn copy_name(filename: &str, extension: &str) -> String {
    let stem = filename.rsplit_once('.').map_or(filename, |(stem, _)| stem);
    format!("{}.annotated.{extension}", if stem.is_empty() { "bid" } else { stem })
}

/// The findings that rest on words of the file with this hash, as notes at these words.
pub fn notes_on<'f>(sha256: &str, findings: impl IntoIterator<Item = &'f Finding>, language: Language) -> Vec<Note> {
    let document = DocumentId::from_sha256(sha256);
    let notes = findings.into_iter().map(|finding| {
        let own = finding.bid_evidence().iter().filter(|evidence| *evidence.document() == document);
        Note {
            id: finding.id.clone(),
            text: bidlens_reports::note(finding, language),
            verdict: finding.verdict(),
            evidence: own.cloned().collect(),
        }
    });
    notes.filter(|note| !note.evidence.is_empty()).collect()
}

impl Parser {
    /// Puts notes into a file; the outer error is this program's, the inner one the file's.
    pub async fn annotate(
        &self,
        name: &str,
        bytes: Vec<u8>,
        notes: Vec<Note>,
        max_bytes: u64,
    ) -> anyhow::Result<Result<Annotated, AnnotateError>> {
        let Parser::Child { program, limits, .. } = self else {
            let (name, limits) = (name.to_owned(), self.limits().reader(max_bytes));
            let write = move || annotate(&name, &bytes, &notes, &limits);
            return tokio::task::spawn_blocking(write).await.context("annotate a file");
        };
        let notes = serde_json::to_vec(&notes).context("write notes")?;
        let mut command = child(program, "annotate-child", limits, name, max_bytes);
        command.arg("--notes-bytes").arg(notes.len().to_string());
        match talk(&mut command, [notes, bytes].concat(), limits.wall_s, limits.output_mb).await? {
            Ok(answer) => read_answer(answer),
            Err(stop) => Ok(Err(AnnotateError::Unreadable(stop.detail(limits)))),
        }
    }
}

/// A child answers with the length of what it says in eight bytes, low first, what it says in JSON, and the copy.
fn read_answer(mut answer: Vec<u8>) -> anyhow::Result<Result<Annotated, AnnotateError>> {
    let (length, rest) = answer.split_first_chunk::<8>().context("a child gave no answer")?;
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let (said, _) = rest.split_at_checked(length).context("the answer of a child is cut off")?;
    let said: Result<Format, AnnotateError> = serde_json::from_slice(said).context("read the answer of a child")?;
    Ok(said.map(|format| {
        answer.drain(..8 + length);
        Annotated { format, bytes: answer }
    }))
}
