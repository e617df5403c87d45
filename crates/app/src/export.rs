//! Stored results back as facts and reviews, and as report files.

mod ocds;

use bidlens_domain::clue::Clue;
use bidlens_domain::document::Language;
use bidlens_domain::finding::{BidReview, FileSummary, Review};
use bidlens_domain::ledger_edit;
use bidlens_domain::risk::Risk;
use bidlens_reports::Options;
use bidlens_storage::{Access, ResultKind, ResultRow, User};
use chrono::{DateTime, Utc};

use crate::App;
use crate::error::{AppError, Fault};
use crate::jobs::StoredFacts;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    Docx,
    Xlsx,
    Html,
    Json,
    Ocds,
    /// Findings and risks, for tools that show results of checks.
    Sarif,
    /// Evidence as W3C Web Annotations.
    Annotations,
    /// The deadlines as a calendar.
    Ics,
    /// The letter that asks for clarification, as a Word document.
    Clarifications,
}

impl ExportFormat {
    pub fn parse(word: &str) -> Option<ExportFormat> {
        Some(match word {
            "docx" => ExportFormat::Docx,
            "xlsx" => ExportFormat::Xlsx,
            "html" => ExportFormat::Html,
            "json" => ExportFormat::Json,
            "ocds" => ExportFormat::Ocds,
            "sarif" => ExportFormat::Sarif,
            "annotations" => ExportFormat::Annotations,
            "ics" => ExportFormat::Ics,
            "clarifications" => ExportFormat::Clarifications,
            _ => return None,
        })
    }
}

pub(crate) const WORD_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// A report file.
#[derive(Debug, Clone)]
pub struct Export {
    pub bytes: Vec<u8>,
    pub content_type: &'static str,
    pub extension: &'static str,
}

impl App {
    pub async fn facts(&self, access: &Access, project_id: &str) -> Result<Option<ResultRow<StoredFacts>>, AppError> {
        self.check_project(access, project_id).await?;
        Ok(self.inner.db.result(access, project_id, ResultKind::Facts).await?)
    }

    pub async fn risks(&self, access: &Access, project_id: &str) -> Result<Vec<Risk>, AppError> {
        self.check_project(access, project_id).await?;
        let row = self.inner.db.result::<Vec<Risk>>(access, project_id, ResultKind::Risks).await?;
        Ok(row.map(|row| row.content).unwrap_or_default())
    }

    /// The reviews of all bidders, or of one, with what people decided.
    pub async fn reviews(
        &self,
        access: &Access,
        project_id: &str,
        bidder_name: Option<&str>,
    ) -> Result<Vec<BidReview>, AppError> {
        self.check_project(access, project_id).await?;
        let rows = self.inner.db.results::<BidReview>(access, project_id, ResultKind::Review).await?;
        let mut reviews: Vec<BidReview> = rows
            .into_iter()
            .map(|row| row.content.without_clues())
            .filter(|r| bidder_name.is_none_or(|name| r.bidder_name == name))
            .collect();
        self.with_decisions(access, project_id, &mut reviews).await?;
        Ok(reviews)
    }

    /// What the project's bids have in common, for users who may see it; empty before a review of all bids.
    pub async fn clues(&self, user: &User, access: &Access, project_id: &str) -> Result<Vec<Clue>, AppError> {
        self.check_project(access, project_id).await?;
        if !user.may_see_clues() {
            return Err(AppError::new(
                Fault::Forbidden,
                "clues_not_allowed",
                "clues across bids are shown only to users who were given the right to see them; ask an administrator",
            ));
        }
        let row = self.inner.db.result::<Vec<Clue>>(access, project_id, ResultKind::Clues).await?;
        Ok(row.map(|row| row.content).unwrap_or_default())
    }

    pub async fn export(
        &self,
        access: &Access,
        project_id: &str,
        format: ExportFormat,
        language: Language,
        now: DateTime<Utc>,
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
        let mut facts = facts.content.into_facts(risks);
        let edits = self.inner.db.ledger_edits(access, project_id).await?;
        facts.requirements = ledger_edit::apply(facts.requirements, &edits).0;
        let review = Review { tender_files, facts, bids };
        let options = Options {
            language,
            generated_at: now.format("%Y-%m-%d %H:%M UTC").to_string(),
            project_name: Some(project.name),
        };
        let project_id = project_id.to_owned();
        tokio::task::spawn_blocking(move || match format {
            ExportFormat::Ocds => json_file(&ocds::package(&review, &project_id, now)),
            ExportFormat::Sarif => Ok(Export {
                content_type: "application/sarif+json",
                extension: "sarif",
                ..json_file(&bidlens_reports::sarif(&review, language))?
            }),
            ExportFormat::Annotations => Ok(Export {
                content_type: "application/ld+json; profile=\"http://www.w3.org/ns/anno.jsonld\"",
                extension: "jsonld",
                ..json_file(&bidlens_reports::annotations(&review, language))?
            }),
            ExportFormat::Ics => {
                let title = options.project_name.as_deref().unwrap_or_default();
                let calendar = bidlens_reports::ics(&review.facts, &project_id, title, language, now);
                Ok(Export {
                    bytes: calendar.into_bytes(),
                    content_type: "text/calendar; charset=utf-8",
                    extension: "ics",
                })
            }
            ExportFormat::Clarifications => {
                let letter = bidlens_reports::clarification_letter(&review, &options);
                Ok(word_file(letter.map_err(|e| AppError::outside("write the letter", e))?))
            }
            ExportFormat::Json => json_file(&bidlens_reports::review_json(&review)),
            ExportFormat::Docx => docx(&review, &options),
            ExportFormat::Xlsx => xlsx(&review, &options),
            ExportFormat::Html => Ok(Export {
                bytes: bidlens_reports::html(&review, &options).into_bytes(),
                content_type: "text/html; charset=utf-8",
                extension: "html",
            }),
        })
        .await
        .map_err(|e| AppError::outside("write the report", e))?
    }
}

fn docx(review: &Review, options: &Options) -> Result<Export, AppError> {
    Ok(word_file(bidlens_reports::docx(review, options).map_err(|e| AppError::outside("write the report", e))?))
}

fn word_file(bytes: Vec<u8>) -> Export {
    Export { bytes, content_type: WORD_TYPE, extension: "docx" }
}

fn xlsx(review: &Review, options: &Options) -> Result<Export, AppError> {
    Ok(Export {
        bytes: bidlens_reports::xlsx(review, options).map_err(|e| AppError::outside("write the report", e))?,
        content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        extension: "xlsx",
    })
}

fn json_file(content: &serde_json::Value) -> Result<Export, AppError> {
    let bytes = serde_json::to_vec_pretty(content).map_err(|e| AppError::outside("write the report", e))?;
    Ok(Export { bytes, content_type: "application/json", extension: "json" })
}
