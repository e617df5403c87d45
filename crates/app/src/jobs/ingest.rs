//! Reads one uploaded file into a document and its segments.
//!
//! The same bytes are not parsed again while a whole result of the same parser is stored for any asset: bytes are
//! the same only to those who have them, so that nobody sees what is not theirs.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use bidlens_domain::document::Document;
use bidlens_jobs::{FailureCode, Handler, Job, JobContext, Outcome};
use bidlens_review::{FileRole, seeming_role};
use bidlens_storage::{Access, Asset, AssetKind, Db, FileStore, Tx};
use serde_json::{Value, json};

use super::{Stop, ended, failure, unless_stopped, word};
use crate::indexing::Indexer;
use crate::metrics::Metrics;
use crate::page_text::page_texts;
use crate::parser::Parser;

pub(crate) struct IngestAsset {
    pub(crate) db: Db,
    pub(crate) files: FileStore,
    pub(crate) parser: Parser,
    pub(crate) max_bytes: u64,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) indexer: Indexer,
}

impl IngestAsset {
    async fn ingest(&self, job: &Job, context: &JobContext<Db>) -> Result<(Tx, Value), Stop> {
        let asset_id = word(job, "asset_id")?;
        let asset = self
            .db
            .asset(&Access::All, asset_id)
            .await?
            .ok_or_else(|| Stop::input(FailureCode::FileMissing, "the file was deleted"))?;
        context.progress("reading", 10, &asset.filename).await;
        let key = self.parser.result_key(&asset.filename, self.max_bytes).await?;
        let known = self.db.parsed_before(&asset.sha256, &key).await?;
        let reused = known.is_some();
        let document = match known {
            Some(known) => Document { name: asset.filename.clone(), ..known },
            None => self.parse(&asset, context).await?,
        };
        if let Some(failure) = failure::of_file(&document) {
            return Err(Stop::Input(failure));
        }
        context.progress("indexing", 60, &asset.filename).await;
        let index = async { self.indexer.index(document).await.map_err(Stop::from) };
        let (document, indexed, without_vectors) = unless_stopped(context, index).await?;
        let (document, seems, pages) = tokio::task::spawn_blocking(move || {
            let (seems, pages) = (seeming_role(&document), page_texts(&document));
            (document, seems, pages)
        })
        .await
        .map_err(|e| anyhow::Error::new(e).context("look at what the file is"))?;
        context.progress("storing", 80, &asset.filename).await;
        let mut tx = context.begin().await?;
        let key = document.is_final().then_some(key.as_str());
        self.db.put_document(&mut tx, asset_id, &document, &indexed, key).await?;
        self.db.put_page_texts(&mut tx, asset_id, &pages).await?;
        let issues: Vec<Value> = document
            .issues
            .iter()
            .map(|i| json!({"code": i.code, "severity": i.severity, "page": i.page, "detail": i.detail}))
            .collect();
        let mut result = json!({"asset_id": asset_id, "pages": document.pages.len(), "blocks": document.blocks.len(), "reused": reused, "issues": issues});
        if let (Some(seems), Some(result)) = (seems, result.as_object_mut()) {
            let (kind, addendum) = match seems.role {
                FileRole::Tender => (AssetKind::Tender, false),
                FileRole::Addendum => (AssetKind::Tender, true),
                FileRole::Bid => (AssetKind::Bid, false),
            };
            let seems = json!({"kind": kind.as_str(), "addendum": addendum, "bidder_name": seems.bidder_name});
            result.insert("seems".to_owned(), seems);
        }
        // The file can be used all the same; whoever looks at the run learns why search ranks by words alone.
        if let (Some(reason), Some(result)) = (without_vectors, result.as_object_mut()) {
            result.insert("without_vectors".to_owned(), Value::String(reason));
        }
        Ok((tx, result))
    }

    async fn parse(&self, asset: &Asset, context: &JobContext<Db>) -> Result<Document, Stop> {
        let bytes = self.files.read(&asset.sha256).await?;
        let (report, mut heard) = tokio::sync::watch::channel((0, 0));
        let hear = move |done, of| {
            report.send_replace((done, of));
        };
        let read = self.parser.parse(&asset.filename, &asset.sha256, bytes, self.max_bytes, &hear);
        let parse = async {
            let mut read = std::pin::pin!(read);
            loop {
                tokio::select! {
                    parsed = &mut read => return parsed.map_err(Stop::from),
                    Ok(()) = heard.changed() => {
                        let (done, of) = *heard.borrow_and_update();
                        recognising(context, done, of).await;
                    }
                }
            }
        };
        let started = Instant::now();
        let document = unless_stopped(context, parse).await?;
        self.metrics.parsed(!document.blocks.is_empty(), started.elapsed());
        Ok(document)
    }
}

/// Reading goes from 10 to 60 per cent, and recognition is nearly all of it.
async fn recognising(context: &JobContext<Db>, done: u32, of: u32) {
    let percent = 10 + (u64::from(done) * 50 / u64::from(of.max(1))).min(50);
    let message = format!("page {} of {of}", (done + 1).min(of));
    context.progress("recognising", u8::try_from(percent).unwrap_or(60), &message).await;
}

#[async_trait]
impl Handler<Db> for IngestAsset {
    async fn run(&self, job: &Job, context: &JobContext<Db>) -> Outcome<Tx> {
        ended(self.ingest(job, context).await)
    }
}
