//! Stored results back as facts and reviews, and as report files.

use bidlens_domain::document::Language;
use bidlens_domain::finding::{BidReview, FileSummary, Review};
use bidlens_domain::risk::Risk;
use bidlens_reports::Options;
use bidlens_storage::{Access, ResultKind, ResultRow};

use crate::App;
use crate::error::{AppError, Fault};
use crate::jobs::StoredFacts;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    Docx,
    Xlsx,
    Html,
    Json,
}

impl ExportFormat {
    pub fn parse(word: &str) -> Option<ExportFormat> {
        Some(match word {
            "docx" => ExportFormat::Docx,
            "xlsx" => ExportFormat::Xlsx,
            "html" => ExportFormat::Html,
            "json" => ExportFormat::Json,
            _ => return None,
        })
    }
}

/// A report file.
#[derive(Debug, Clone)]
pub struct Export {
    pub bytes: Vec<u8>,
    pub content_type: &'static str,
    pub extension: &'static str,
}

impl App {
    pub async fn facts(&self, access: &Access, project_id: &str) -> Result<Option<ResultRow<StoredFacts>>, AppError> {
        self.project(access, project_id).await?;
        Ok(self.inner.db.result(access, project_id, ResultKind::Facts).await?)
    }

    pub async fn risks(&self, access: &Access, project_id: &str) -> Result<Vec<Risk>, AppError> {
        self.project(access, project_id).await?;
        let row = self.inner.db.result::<Vec<Risk>>(access, project_id, ResultKind::Risks).await?;
        Ok(row.map(|row| row.content).unwrap_or_default())
    }

    /// The reviews of all bidders, or of one.
    pub async fn reviews(
        &self,
        access: &Access,
        project_id: &str,
        bidder_name: Option<&str>,
    ) -> Result<Vec<BidReview>, AppError> {
        self.project(access, project_id).await?;
        let rows = self.inner.db.results::<BidReview>(access, project_id, ResultKind::Review).await?;
        Ok(rows
            .into_iter()
            .map(|row| row.content)
            .filter(|r| bidder_name.is_none_or(|name| r.bidder_name == name))
            .collect())
    }

    pub async fn export(
        &self,
        access: &Access,
        project_id: &str,
        format: ExportFormat,
        language: Language,
        generated_at: &str,
    ) -> Result<Export, AppError> {
        let project = self.project(access, project_id).await?;
        let Some(facts) = self.facts(access, project_id).await? else {
            return Err(AppError::new(
                Fault::Conflict,
                "nothing_to_export",
                "there is no result yet; extract the project info first",
            ));
        };
        let risks = self.risks(access, project_id).await?;
        let bids = self.reviews(access, project_id, None).await?;
        let tender_files: Vec<FileSummary> = facts.content.files.clone();
        let review = Review { tender_files, facts: facts.content.into_facts(risks), bids };
        let options = Options { language, generated_at: generated_at.to_owned(), project_name: Some(project.name) };
        tokio::task::spawn_blocking(move || write(&review, &options, format))
            .await
            .map_err(|e| AppError::outside("write the report", e))?
    }
}

fn write(review: &Review, options: &Options, format: ExportFormat) -> Result<Export, AppError> {
    let failed = |e: bidlens_reports::ReportError| AppError::outside("write the report", e);
    Ok(match format {
        ExportFormat::Docx => Export {
            bytes: bidlens_reports::docx(review, options).map_err(failed)?,
            content_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            extension: "docx",
        },
        ExportFormat::Xlsx => Export {
            bytes: bidlens_reports::xlsx(review, options).map_err(failed)?,
            content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            extension: "xlsx",
        },
        ExportFormat::Html => Export {
            bytes: bidlens_reports::html(review, options).into_bytes(),
            content_type: "text/html; charset=utf-8",
            extension: "html",
        },
        ExportFormat::Json => Export {
            bytes: serde_json::to_vec_pretty(&bidlens_reports::review_json(review))
                .map_err(|e| AppError::outside("write the report", e))?,
            content_type: "application/json",
            extension: "json",
        },
    })
}
