//! Assets: uploaded files within a project, with their parsed document and its segments.

use bidlens_domain::document::{Document, SegmentId};
use bidlens_domain::segment::Segment;
use bidlens_jobs::{FailureCode, NewJob};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::access::Access;
use crate::db::{Db, Doing, StorageError, StorageResult, Tx, at};
use crate::jobs::code_of;
use crate::runs::{NewRun, Submitted, submit_in};
use crate::sql::{Row, query, storable};
use crate::uploads::is_used;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    Tender,
    Bid,
    Attachment,
    CustomRule,
}

impl AssetKind {
    pub fn as_str(self) -> &'static str {
        match self {
            AssetKind::Tender => "tender",
            AssetKind::Bid => "bid",
            AssetKind::Attachment => "attachment",
            AssetKind::CustomRule => "custom_rule",
        }
    }

    pub fn parse(word: &str) -> Option<AssetKind> {
        [AssetKind::Tender, AssetKind::Bid, AssetKind::Attachment, AssetKind::CustomRule]
            .into_iter()
            .find(|k| k.as_str() == word)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asset {
    pub id: String,
    pub project_id: String,
    pub kind: AssetKind,
    pub filename: String,
    /// Empty but for bids.
    pub bidder_name: String,
    pub size_bytes: i64,
    pub sha256: String,
    /// `pending`, `ready` or `failed`.
    pub status: String,
    pub error: Option<String>,
    /// Absent where an earlier version failed to read it.
    pub error_code: Option<FailureCode>,
    pub run_id: Option<String>,
    pub job_id: Option<String>,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub struct NewAsset {
    pub id: String,
    pub project_id: String,
    pub kind: AssetKind,
    pub filename: String,
    pub bidder_name: String,
    pub size_bytes: i64,
    pub sha256: String,
}

/// A parsed document and the asset it came from.
#[derive(Debug, Clone)]
pub struct StoredDocument {
    pub asset: Asset,
    pub document: Document,
}

/// A segment as evidence ids and search find it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentRow {
    pub chunk_id: String,
    pub asset_id: String,
    /// Position among the segments of its asset, from 0.
    pub ordinal: i64,
    pub page: i64,
    pub last_page: i64,
    pub section: String,
    /// The header of the table it was cut from; empty elsewhere.
    pub header: String,
    pub content: String,
    /// Each with `page`, `rect` and, since segments are indexed, the byte range `start`, `end` of the content.
    pub boxes: Value,
}

/// A document's segments as they are stored, with the words that search knows them by.
#[derive(Debug, Clone)]
pub struct IndexedSegments {
    /// Names how the words were made.
    pub version: i64,
    /// Segments in their order, each with its words in the form that search reads.
    pub segments: Vec<(Segment, String)>,
    pub vectors: Option<Vectors>,
}

/// What a model made of each segment of an asset: vectors of one length that stand one after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    pub model: String,
    pub dimensions: usize,
    pub values: Vec<f32>,
}

/// An asset of a project as search knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexState {
    pub asset_id: String,
    pub kind: AssetKind,
    pub bidder_name: String,
    /// Changes with the words of its segments.
    pub index_id: String,
    pub version: i64,
    /// The model of its vectors, when it has any.
    pub model: Option<String>,
}

/// What ranking needs of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentWords {
    pub page: i64,
    pub last_page: i64,
    pub words: String,
}

/// The form of stored documents; rows of another version are parsed again.
const DOCUMENT_VERSION: i64 = 1;

/// Segments inserted by one statement.
const SEGMENTS_AT_ONCE: usize = 500;

fn asset_of(row: &Row) -> Result<Asset, sqlx::Error> {
    let kind: String = row.try_get("kind")?;
    Ok(Asset {
        id: row.try_get("id")?,
        project_id: row.try_get("project_id")?,
        kind: AssetKind::parse(&kind).ok_or_else(|| sqlx::Error::Decode(format!("unknown kind {kind}").into()))?,
        filename: row.try_get("filename")?,
        bidder_name: row.try_get("bidder_name")?,
        size_bytes: row.try_get("size_bytes")?,
        sha256: row.try_get("sha256")?,
        status: row.try_get("status")?,
        error: row.try_get("error")?,
        error_code: code_of(row)?,
        run_id: row.try_get("run_id")?,
        job_id: row.try_get("job_id")?,
        created_at: at(row.try_get("created_at")?),
    })
}

fn segment_of(row: &Row) -> Result<SegmentRow, sqlx::Error> {
    let boxes: String = row.try_get("boxes")?;
    Ok(SegmentRow {
        chunk_id: row.try_get("chunk_id")?,
        asset_id: row.try_get("asset_id")?,
        ordinal: row.try_get("ordinal")?,
        page: row.try_get("page")?,
        last_page: row.try_get("last_page")?,
        section: row.try_get("section")?,
        header: row.try_get("header")?,
        content: row.try_get("content")?,
        boxes: serde_json::from_str(&boxes).unwrap_or_default(),
    })
}

/// A document as it was stored. One of a thousand pages keeps a processor for long, so a thread that may block reads it.
async fn document_of(content: String) -> StorageResult<Document> {
    let read = tokio::task::spawn_blocking(move || serde_json::from_str(&content)).await;
    let read = read.map_err(|e| sqlx::Error::Io(std::io::Error::other(e))).doing("read a document")?;
    read.map_err(|source| StorageError::Stored { what: "document", source })
}

/// Segments as rows in JSON.
fn rows_of(indexed: &IndexedSegments) -> StorageResult<Vec<Value>> {
    let numbered = (0i64..).zip(&indexed.segments);
    numbered
        .map(|(ordinal, (segment, words))| {
            let boxes = segment.boxes.iter().zip(&segment.box_ranges);
            let boxes: Vec<Value> = boxes
                .map(|(one, range)| json!({"page": one.page, "rect": one.rect, "start": range.start, "end": range.end}))
                .collect();
            Ok(json!({
                "ordinal": ordinal,
                "chunk_id": segment.id.as_str(),
                "first_block": segment.blocks.start(),
                "last_block": segment.blocks.end(),
                "page": segment.page(),
                "last_page": segment.pages.end(),
                "section": storable(segment.section_path.as_str()),
                "header": storable(segment.header.as_str()),
                "content": storable(segment.text.as_str()),
                "boxes": Value::from(boxes).to_string(),
                "words": storable(words.as_str()),
            }))
        })
        .collect()
}

/// Names the words of an asset: the same words, the same name.
fn index_id(indexed: &IndexedSegments) -> String {
    let mut hash = Sha256::new();
    for (segment, words) in &indexed.segments {
        hash.update(segment.id.as_str());
        hash.update([0]);
        hash.update(words);
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

impl Vectors {
    fn to_bytes(&self) -> Vec<u8> {
        self.values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn values_of(bytes: &[u8]) -> Vec<f32> {
        let four = |chunk: &[u8]| <[u8; 4]>::try_from(chunk).map(f32::from_le_bytes).unwrap_or_default();
        bytes.chunks_exact(4).map(four).collect()
    }
}

impl Db {
    /// Adds an asset with its ingest run and job in one transaction.
    ///
    /// The same bytes for the same purpose are the same asset; one that failed is tried again. Returns the asset
    /// and, when there is work to do, its run and job.
    pub async fn add_asset(
        &self,
        new: &NewAsset,
        ingest: Option<(&NewRun, &NewJob)>,
    ) -> StorageResult<(Asset, Option<Submitted>)> {
        let doing = "add a file to a project";
        let mut tx = self.begin().await?;
        // Of the same bytes twice at once the second waits here for the first, and then finds them.
        let added = query(
            "INSERT INTO assets (id, project_id, kind, filename, bidder_name, size_bytes, sha256, status, run_id, job_id,
                                 created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, {now})
             ON CONFLICT (project_id, kind, bidder_name, sha256)
                DO UPDATE SET status = excluded.status, error = NULL, error_code = NULL, run_id = COALESCE(excluded.run_id, assets.run_id),
                              job_id = COALESCE(excluded.job_id, assets.job_id)
                WHERE assets.status = 'failed'
             RETURNING *",
        )
        .bind(&new.id)
        .bind(&new.project_id)
        .bind(new.kind.as_str())
        .bind(&new.filename)
        .bind(&new.bidder_name)
        .bind(new.size_bytes)
        .bind(&new.sha256)
        .bind(if ingest.is_some() { "pending" } else { "ready" })
        .bind(ingest.map(|(run, _)| run.id.clone()))
        .bind(ingest.map(|(_, job)| job.id.to_string()))
        .fetch_optional(&mut tx)
        .await
        .doing(doing)?;
        let Some(added) = added else {
            let known =
                query("SELECT * FROM assets WHERE project_id = $1 AND kind = $2 AND bidder_name = $3 AND sha256 = $4")
                    .bind(&new.project_id)
                    .bind(new.kind.as_str())
                    .bind(&new.bidder_name)
                    .bind(&new.sha256)
                    .fetch_one(&mut tx)
                    .await
                    .doing(doing)?;
            return Ok((asset_of(&known).doing(doing)?, None));
        };
        let asset = asset_of(&added).doing(doing)?;
        let mut submitted = None;
        if let Some((run, job)) = ingest {
            let mut job = job.clone();
            // The asset may be an earlier one, of which the job must speak.
            if let Some(payload) = job.payload.as_object_mut() {
                payload.insert("asset_id".to_owned(), Value::String(asset.id.clone()));
            }
            submitted = Some(submit_in(&mut tx, run, &job).await.doing(doing)?);
        }
        self.commit(tx).await?;
        Ok((asset, submitted))
    }

    /// Whether any asset, or a piece of an upload, has this content.
    pub async fn file_is_used(&self, sha256: &str) -> StorageResult<bool> {
        is_used(&self.read, sha256).await
    }

    pub async fn asset(&self, access: &Access, id: &str) -> StorageResult<Option<Asset>> {
        let row = query(
            "SELECT a.* FROM assets a JOIN projects p ON p.id = a.project_id
              WHERE a.id = $2 AND ($1 IS NULL OR p.owner_id = $1)",
        )
        .bind(access.owner())
        .bind(id)
        .fetch_optional(&self.read)
        .await
        .doing("read an asset")?;
        row.as_ref().map(asset_of).transpose().doing("read an asset")
    }

    pub async fn assets(&self, access: &Access, project_id: &str) -> StorageResult<Vec<Asset>> {
        let rows = query(
            "SELECT a.* FROM assets a JOIN projects p ON p.id = a.project_id
              WHERE a.project_id = $2 AND ($1 IS NULL OR p.owner_id = $1) ORDER BY a.created_at, a.id",
        )
        .bind(access.owner())
        .bind(project_id)
        .fetch_all(&self.read)
        .await
        .doing("list assets")?;
        rows.iter().map(asset_of).collect::<Result<_, _>>().doing("read assets")
    }

    /// Changes what a file is and whose; `None` when it is not the asker's, [`StorageError::Taken`] when the same bytes
    /// are there as that already.
    pub async fn change_asset(
        &self,
        access: &Access,
        id: &str,
        kind: AssetKind,
        bidder_name: &str,
    ) -> StorageResult<Option<Asset>> {
        let doing = "change an asset";
        let row = query(
            "UPDATE assets SET kind = $3, bidder_name = $4
              WHERE id = $2 AND project_id IN (SELECT p.id FROM projects p WHERE $1 IS NULL OR p.owner_id = $1)
             RETURNING *",
        )
        .bind(access.owner())
        .bind(id)
        .bind(kind.as_str())
        .bind(bidder_name)
        .fetch_optional(&self.write)
        .await;
        match row {
            Ok(row) => row.as_ref().map(asset_of).transpose().doing(doing),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(StorageError::Taken),
            Err(error) => Err(error).doing(doing),
        }
    }

    /// Removes an asset and its text; returns its content hash when nothing else refers to it.
    pub async fn delete_asset(&self, access: &Access, id: &str) -> StorageResult<Option<Option<String>>> {
        let doing = "delete an asset";
        let Some(asset) = self.asset(access, id).await? else { return Ok(None) };
        let mut tx = self.begin().await?;
        if let Some(job) = &asset.job_id {
            query("DELETE FROM platform_jobs WHERE id = $1 AND state IN ('queued', 'running')")
                .bind(job)
                .execute(&mut tx)
                .await
                .doing(doing)?;
            query(
                "UPDATE runs SET status = 'cancelled', error = 'its file was deleted', error_code = $2
                  WHERE job_id = $1 AND status IN ('pending', 'running')",
            )
            .bind(job)
            .bind(FailureCode::FileMissing.as_str())
            .execute(&mut tx)
            .await
            .doing(doing)?;
        }
        query("DELETE FROM assets WHERE id = $1").bind(id).execute(&mut tx).await.doing(doing)?;
        let used = is_used(&mut tx, &asset.sha256).await?;
        self.commit(tx).await?;
        self.empty_log().await;
        Ok(Some((!used).then_some(asset.sha256)))
    }

    /// What was read of a file with these bytes by the parser that `parse_key` names; its name may be another.
    ///
    /// It lives as long as an asset it was stored for.
    pub async fn parsed_before(&self, sha256: &str, parse_key: &str) -> StorageResult<Option<Document>> {
        let doing = "look for an earlier result of the parser";
        let row = query(
            "SELECT d.content FROM assets a JOIN documents d ON d.asset_id = a.id
               WHERE a.sha256 = $1 AND d.parse_key = $2 AND d.version = $3 LIMIT 1",
        )
        .bind(sha256)
        .bind(parse_key)
        .bind(DOCUMENT_VERSION)
        .fetch_optional(&self.read)
        .await
        .doing(doing)?;
        let Some(row) = row else { return Ok(None) };
        // A row that this program cannot read is as good as none: the file is there to be parsed.
        Ok(document_of(row.try_get("content").doing(doing)?).await.ok())
    }

    /// Stores what a parser read and how search knows it, inside the ingest job's transaction.
    ///
    /// `parse_key` names the parser when its result may serve again for the same bytes.
    pub async fn put_document(
        &self,
        tx: &mut Tx,
        asset_id: &str,
        document: &Document,
        indexed: &IndexedSegments,
        parse_key: Option<&str>,
    ) -> StorageResult<()> {
        let doing = "store a document";
        let content =
            serde_json::to_string(document).map_err(|source| StorageError::Stored { what: "document", source })?;
        query(
            "INSERT INTO documents (asset_id, version, content, parse_key) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (asset_id) DO UPDATE
                     SET version = excluded.version, content = excluded.content, parse_key = excluded.parse_key",
        )
        .bind(asset_id)
        .bind(DOCUMENT_VERSION)
        .bind(content)
        .bind(parse_key)
        .execute(&mut *tx)
        .await
        .doing(doing)?;
        self.put_segments(tx, asset_id, indexed).await?;
        // The words of its pages were another document's.
        query("UPDATE assets SET status = 'ready', error = NULL, error_code = NULL, page_texts = 0 WHERE id = $1")
            .bind(asset_id)
            .execute(&mut *tx)
            .await
            .doing(doing)?;
        Ok(())
    }

    /// Replaces the segments of a stored document.
    pub async fn put_segments(&self, tx: &mut Tx, asset_id: &str, indexed: &IndexedSegments) -> StorageResult<()> {
        let doing = "store segments";
        query("UPDATE documents SET index_version = $2, index_id = $3 WHERE asset_id = $1")
            .bind(asset_id)
            .bind(indexed.version)
            .bind(index_id(indexed))
            .execute(&mut *tx)
            .await
            .doing(doing)?;
        query("UPDATE assets SET segments = $2 WHERE id = $1")
            .bind(asset_id)
            .bind(i64::try_from(indexed.segments.len()).unwrap_or(i64::MAX))
            .execute(&mut *tx)
            .await
            .doing(doing)?;
        query("DELETE FROM segments WHERE asset_id = $1").bind(asset_id).execute(&mut *tx).await.doing(doing)?;
        for segments in rows_of(indexed)?.chunks(SEGMENTS_AT_ONCE) {
            query(
                "INSERT INTO segments (asset_id, ordinal, chunk_id, first_block, last_block, page, last_page, section,
                                       header, content, boxes, words)
                 SELECT $1, s.ordinal, s.chunk_id, s.first_block, s.last_block, s.page, s.last_page, s.section,
                        s.header, s.content, s.boxes, s.words FROM {segments:$2} AS s",
            )
            .bind(asset_id)
            .bind(Value::from(segments).to_string())
            .execute(&mut *tx)
            .await
            .doing(doing)?;
        }
        query("DELETE FROM segment_vectors WHERE asset_id = $1").bind(asset_id).execute(&mut *tx).await.doing(doing)?;
        match &indexed.vectors {
            Some(vectors) => self.put_vectors(tx, asset_id, vectors).await,
            None => Ok(()),
        }
    }

    /// Stores what a model made of an asset's segments, in their order.
    pub async fn put_vectors(&self, tx: &mut Tx, asset_id: &str, vectors: &Vectors) -> StorageResult<()> {
        query(
            "INSERT INTO segment_vectors (asset_id, model, dimensions, content) VALUES ($1, $2, $3, $4)
             ON CONFLICT (asset_id) DO UPDATE SET model = excluded.model, dimensions = excluded.dimensions,
                                                  content = excluded.content",
        )
        .bind(asset_id)
        .bind(&vectors.model)
        .bind(i64::try_from(vectors.dimensions).unwrap_or(i64::MAX))
        .bind(vectors.to_bytes())
        .execute(&mut *tx)
        .await
        .doing("store vectors")?;
        Ok(())
    }

    /// The parsed documents of a project's assets of one kind, in the order they were added.
    pub async fn documents(
        &self,
        access: &Access,
        project_id: &str,
        kind: AssetKind,
    ) -> StorageResult<Vec<StoredDocument>> {
        let doing = "read documents";
        let rows = query(
            "SELECT a.* FROM assets a JOIN projects p ON p.id = a.project_id JOIN documents d ON d.asset_id = a.id
              WHERE a.project_id = $2 AND a.kind = $3 AND ($1 IS NULL OR p.owner_id = $1) ORDER BY a.created_at, a.id",
        )
        .bind(access.owner())
        .bind(project_id)
        .bind(kind.as_str())
        .fetch_all(&self.read)
        .await
        .doing(doing)?;
        let assets: Vec<Asset> = rows.iter().map(asset_of).collect::<Result<_, _>>().doing(doing)?;
        let mut documents = Vec::with_capacity(assets.len());
        // One after the other: only one is in memory as the text it was stored as.
        for asset in assets {
            let document = self.document(&asset.id).await?;
            documents.extend(document.map(|document| StoredDocument { asset, document }));
        }
        Ok(documents)
    }

    /// Segments of an asset, those that stand on `page` when it is given.
    pub async fn segments(&self, access: &Access, asset_id: &str, page: Option<i64>) -> StorageResult<Vec<SegmentRow>> {
        let rows = query(
            "SELECT s.* FROM segments s JOIN assets a ON a.id = s.asset_id JOIN projects p ON p.id = a.project_id
              WHERE s.asset_id = $2 AND ($3 IS NULL OR (s.page <= $3 AND s.last_page >= $3)) AND ($1 IS NULL OR p.owner_id = $1) ORDER BY s.ordinal",
        )
        .bind(access.owner())
        .bind(asset_id)
        .bind(page)
        .fetch_all(&self.read)
        .await
        .doing("read segments")?;
        rows.iter().map(segment_of).collect::<Result<_, _>>().doing("read segments")
    }

    /// The files of a project that can be searched, in the order they were added.
    pub async fn index_states(&self, access: &Access, project_id: &str) -> StorageResult<Vec<IndexState>> {
        let doing = "look for what can be searched";
        let rows = query(
            "SELECT a.id, a.kind, a.bidder_name, d.index_id, d.index_version, v.model
               FROM assets a JOIN projects p ON p.id = a.project_id JOIN documents d ON d.asset_id = a.id
                    LEFT JOIN segment_vectors v ON v.asset_id = a.id
              WHERE a.project_id = $2 AND ($1 IS NULL OR p.owner_id = $1) ORDER BY a.created_at, a.id",
        )
        .bind(access.owner())
        .bind(project_id)
        .fetch_all(&self.read)
        .await
        .doing(doing)?;
        let state = |row: &Row| -> Result<IndexState, sqlx::Error> {
            let kind: String = row.try_get("kind")?;
            Ok(IndexState {
                asset_id: row.try_get("id")?,
                kind: AssetKind::parse(&kind)
                    .ok_or_else(|| sqlx::Error::Decode(format!("unknown kind {kind}").into()))?,
                bidder_name: row.try_get("bidder_name")?,
                index_id: row.try_get("index_id")?,
                version: row.try_get("index_version")?,
                model: row.try_get("model")?,
            })
        };
        rows.iter().map(state).collect::<Result<_, _>>().doing(doing)
    }

    /// The words of an asset's segments, in their order; empty where the asset is not the asker's.
    pub async fn segment_words(&self, access: &Access, asset_id: &str) -> StorageResult<Vec<SegmentWords>> {
        let doing = "read what is searched";
        let rows = query(
            "SELECT s.page, s.last_page, s.words FROM segments s JOIN assets a ON a.id = s.asset_id
                    JOIN projects p ON p.id = a.project_id
              WHERE s.asset_id = $2 AND ($1 IS NULL OR p.owner_id = $1) ORDER BY s.ordinal",
        )
        .bind(access.owner())
        .bind(asset_id)
        .fetch_all(&self.read)
        .await
        .doing(doing)?;
        let words = |row: &Row| -> Result<SegmentWords, sqlx::Error> {
            Ok(SegmentWords {
                page: row.try_get("page")?,
                last_page: row.try_get("last_page")?,
                words: row.try_get("words")?,
            })
        };
        rows.iter().map(words).collect::<Result<_, _>>().doing(doing)
    }

    /// The vectors of an asset, when it is the asker's and has some.
    pub async fn vectors(&self, access: &Access, asset_id: &str) -> StorageResult<Option<Vectors>> {
        let doing = "read vectors";
        let row = query(
            "SELECT v.model, v.dimensions, v.content FROM segment_vectors v JOIN assets a ON a.id = v.asset_id
                    JOIN projects p ON p.id = a.project_id
              WHERE v.asset_id = $2 AND ($1 IS NULL OR p.owner_id = $1)",
        )
        .bind(access.owner())
        .bind(asset_id)
        .fetch_optional(&self.read)
        .await
        .doing(doing)?;
        let vectors = |row: &Row| -> Result<Vectors, sqlx::Error> {
            let (dimensions, content): (i64, Vec<u8>) = (row.try_get("dimensions")?, row.try_get("content")?);
            Ok(Vectors {
                model: row.try_get("model")?,
                dimensions: usize::try_from(dimensions).unwrap_or(0),
                values: Vectors::values_of(&content),
            })
        };
        row.as_ref().map(vectors).transpose().doing(doing)
    }

    /// The segments at these places of an asset, in the order of its text.
    pub async fn segments_at(
        &self,
        access: &Access,
        asset_id: &str,
        ordinals: &[i64],
    ) -> StorageResult<Vec<SegmentRow>> {
        let list = Value::from(ordinals.iter().map(i64::to_string).collect::<Vec<_>>()).to_string();
        let rows = query(
            "SELECT s.* FROM segments s JOIN assets a ON a.id = s.asset_id JOIN projects p ON p.id = a.project_id
              WHERE s.asset_id = $2 AND ($1 IS NULL OR p.owner_id = $1)
                AND s.ordinal IN (SELECT CAST(l.value AS BIGINT) FROM {each:$3} AS l) ORDER BY s.ordinal",
        )
        .bind(access.owner())
        .bind(asset_id)
        .bind(list)
        .fetch_all(&self.read)
        .await
        .doing("read segments")?;
        rows.iter().map(segment_of).collect::<Result<_, _>>().doing("read segments")
    }

    /// Assets whose words were made by another version, or that have no vectors of the model, at most `limit`.
    pub async fn assets_to_index(&self, version: i64, model: Option<&str>, limit: i64) -> StorageResult<Vec<String>> {
        let rows = query(
            "SELECT d.asset_id FROM documents d
              WHERE d.index_version <> $1
                 OR ($2 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM segment_vectors v
                                                     WHERE v.asset_id = d.asset_id AND v.model = $2))
              ORDER BY d.asset_id LIMIT $3",
        )
        .bind(version)
        .bind(model)
        .bind(limit)
        .fetch_all(&self.read)
        .await
        .doing("look for files to index")?;
        rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().doing("look for files to index")
    }

    /// The stored document of an asset.
    pub async fn document(&self, asset_id: &str) -> StorageResult<Option<Document>> {
        let doing = "read a document";
        let row = query("SELECT content FROM documents WHERE asset_id = $1")
            .bind(asset_id)
            .fetch_optional(&self.read)
            .await
            .doing(doing)?;
        let Some(row) = row else { return Ok(None) };
        document_of(row.try_get(0).doing(doing)?).await.map(Some)
    }

    /// The segment with this id among the asker's own files.
    ///
    /// An id that was given out before segments were cut otherwise leads to the segment that holds its block.
    pub async fn segment(&self, access: &Access, chunk_id: &str) -> StorageResult<Option<SegmentRow>> {
        let doing = "look up a segment";
        let row = query(
            "SELECT s.* FROM segments s JOIN assets a ON a.id = s.asset_id JOIN projects p ON p.id = a.project_id
              WHERE s.chunk_id = $2 AND ($1 IS NULL OR p.owner_id = $1) ORDER BY a.created_at DESC LIMIT 1",
        )
        .bind(access.owner())
        .bind(chunk_id)
        .fetch_optional(&self.read)
        .await
        .doing(doing)?;
        if row.is_some() {
            return row.as_ref().map(segment_of).transpose().doing(doing);
        }
        let Some((document, block)) = SegmentId::parse_block(chunk_id) else { return Ok(None) };
        // Ids of a document begin with its own, and `.` follows `-` in the order of bytes.
        let row = query(
            "SELECT s.* FROM segments s JOIN assets a ON a.id = s.asset_id JOIN projects p ON p.id = a.project_id
              WHERE s.chunk_id >= $2 AND s.chunk_id < $3 AND s.first_block <= $4 AND s.last_block >= $4
                AND ($1 IS NULL OR p.owner_id = $1) ORDER BY a.created_at DESC, s.ordinal LIMIT 1",
        )
        .bind(access.owner())
        .bind(format!("{document}-"))
        .bind(format!("{document}."))
        .bind(i64::from(block.0))
        .fetch_optional(&self.read)
        .await
        .doing(doing)?;
        row.as_ref().map(segment_of).transpose().doing(doing)
    }
}
