//! Segments of a document with the words search knows them by, and with vectors when a model of meaning is there.

use std::collections::HashSet;

use bidlens_clients::embeddings::{Embeddings, EmbeddingsError, EmbeddingsSettings};
use bidlens_domain::document::Document;
use bidlens_domain::segment::{Segment, SegmentKind};
use bidlens_search::{Entry, index_version};
use bidlens_storage::{IndexedSegments, Vectors};
use rand::seq::IndexedRandom;

use crate::App;
use crate::error::AppError;

/// Makes what search needs of a document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Indexer {
    embeddings: Option<Embeddings>,
}

/// Files of which the next is chosen when words are made anew.
const FILES_AT_ONCE: i64 = 50;

impl Indexer {
    pub(crate) fn new(settings: Option<&EmbeddingsSettings>) -> Result<Indexer, AppError> {
        let embeddings = settings.cloned().map(Embeddings::new).transpose();
        Ok(Indexer { embeddings: embeddings.map_err(|e| AppError::outside("prepare the embeddings client", e))? })
    }

    pub(crate) fn embeddings(&self) -> Option<&Embeddings> {
        self.embeddings.as_ref()
    }

    /// The document again, its segments, and why they have no vectors although a model is configured.
    ///
    /// A server of embeddings that is away costs nothing but the vectors.
    pub(crate) async fn index(
        &self,
        document: Document,
    ) -> anyhow::Result<(Document, IndexedSegments, Option<String>)> {
        let (document, mut indexed) = tokio::task::spawn_blocking(move || {
            let with_words = |segment: Segment| {
                let words = Entry::of(&segment).to_text();
                (segment, words)
            };
            let segments = document.segments().into_iter().map(with_words).collect();
            (document, IndexedSegments { version: index_version(), segments, vectors: None })
        })
        .await?;
        let Some(embeddings) = &self.embeddings else { return Ok((document, indexed, None)) };
        match vectors(embeddings, &indexed.segments).await {
            Ok(vectors) => {
                indexed.vectors = Some(vectors);
                Ok((document, indexed, None))
            }
            Err(reason) => {
                tracing::warn!(%reason, "a file is searched by its words alone");
                Ok((document, indexed, Some(reason)))
            }
        }
    }
}

/// One vector for each segment; what stands beside the running text has one without direction.
async fn vectors(embeddings: &Embeddings, segments: &[(Segment, String)]) -> Result<Vectors, String> {
    let is_meant = |segment: &Segment| segment.kind != SegmentKind::Furniture && !segment.text.trim().is_empty();
    let texts: Vec<String> = segments.iter().filter(|(s, _)| is_meant(s)).map(|(s, _)| in_context(s)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let answered = embeddings.of_texts(&texts).await.map_err(|e| e.to_string())?;
    let dimensions = answered.first().map_or(0, Vec::len);
    let mut answered = answered.into_iter();
    let mut values = Vec::with_capacity(dimensions * segments.len());
    for (segment, _) in segments {
        let mut vector =
            if is_meant(segment) { answered.next() } else { None }.unwrap_or_else(|| vec![0.0; dimensions]);
        bidlens_search::normalize(&mut vector);
        values.extend(vector);
    }
    Ok(Vectors { model: embeddings.model().to_owned(), dimensions, values })
}

/// A segment with what a reader of the page sees above it.
fn in_context(segment: &Segment) -> String {
    let parts = [segment.section_path.as_str(), segment.header.as_str(), segment.text.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

impl App {
    /// Asks the server of embeddings for a vector, when one is configured.
    pub async fn check_embeddings(&self) -> Option<Result<String, EmbeddingsError>> {
        let embeddings = self.inner.indexer.embeddings()?;
        let vector = embeddings.of_query("投标保证金 bid security").await;
        Some(vector.map(|vector| format!("{} answers with {} numbers", embeddings.model(), vector.len())))
    }

    /// Makes the segments of a stored document anew.
    pub(crate) async fn index_anew(&self, asset_id: &str) -> Result<(), AppError> {
        let inner = &self.inner;
        let Some(document) = inner.db.document(asset_id).await? else { return Ok(()) };
        let indexed = inner.indexer.index(document).await;
        let (_, indexed, _) = indexed.map_err(|e| AppError::outside("index a file", std::io::Error::other(e)))?;
        let mut tx = inner.db.begin().await?;
        inner.db.put_segments(&mut tx, asset_id, &indexed).await?;
        Ok(inner.db.commit(tx).await?)
    }

    /// Indexes what an earlier version of this program, or one without a model of meaning, has stored.
    pub(crate) fn start_indexing_anew(&self) {
        let app = self.clone();
        self.inner.tasks.spawn(async move {
            let shutdown = app.inner.shutdown.clone();
            match shutdown.run_until_cancelled(app.index_all_anew()).await {
                Some(Ok(0)) | None => {}
                Some(Ok(files)) => tracing::info!(files, "stored files were indexed anew"),
                Some(Err(error)) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "stored files were not all indexed anew");
                }
            }
        });
    }

    async fn index_all_anew(&self) -> Result<usize, AppError> {
        let model = self.inner.indexer.embeddings().map(Embeddings::model);
        let mut tried: HashSet<String> = HashSet::new();
        loop {
            // What could not be indexed is still in the list; so is what has no vectors because the model is away.
            let limit = FILES_AT_ONCE + i64::try_from(tried.len()).unwrap_or(i64::MAX / 2);
            let mut found = self.inner.db.assets_to_index(index_version(), model, limit).await?;
            found.retain(|asset| !tried.contains(asset));
            // Processes that start together take different files.
            let Some(asset) = found.choose(&mut rand::rng()).cloned() else { return Ok(tried.len()) };
            if let Err(error) = self.index_anew(&asset).await {
                tracing::warn!(error = &error as &dyn std::error::Error, asset, "a file was not indexed anew");
            }
            tried.insert(asset);
        }
    }
}
