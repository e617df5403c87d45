//! Files that arrive in pieces: where each stands, and the pieces it has until it becomes a file of its project.

use chrono::{DateTime, Utc};

use crate::access::Access;
use crate::assets::AssetKind;
use crate::db::{Db, Doing, StorageError, StorageResult, Tx, at};
use crate::files::StoredFile;
use crate::sql::{On, Row, list, query};

/// A file on its way in, over any number of requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialUpload {
    pub id: String,
    pub project_id: String,
    pub kind: AssetKind,
    /// Empty for what is no bid.
    pub bidder_name: String,
    pub filename: String,
    pub size_bytes: i64,
    /// How much of it is here, from its beginning.
    pub received: i64,
    /// The files it became.
    pub asset_ids: Option<Vec<String>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub struct NewUpload {
    pub id: String,
    pub project_id: String,
    pub kind: AssetKind,
    pub bidder_name: String,
    pub filename: String,
    pub size_bytes: i64,
}

fn upload_of(row: &Row) -> StorageResult<PartialUpload> {
    let doing = "read an upload";
    let kind: String = row.try_get("kind").doing(doing)?;
    let asset_ids: Option<String> = row.try_get("asset_ids").doing(doing)?;
    Ok(PartialUpload {
        id: row.try_get("id").doing(doing)?,
        project_id: row.try_get("project_id").doing(doing)?,
        kind: AssetKind::parse(&kind).unwrap_or(AssetKind::Attachment),
        bidder_name: row.try_get("bidder_name").doing(doing)?,
        filename: row.try_get("filename").doing(doing)?,
        size_bytes: row.try_get("size_bytes").doing(doing)?,
        received: row.try_get("received").doing(doing)?,
        asset_ids: asset_ids
            .map(|ids| serde_json::from_str(&ids))
            .transpose()
            .map_err(|source| StorageError::Stored { what: "files of an upload", source })?,
        created_at: at(row.try_get("created_at").doing(doing)?),
        updated_at: at(row.try_get("updated_at").doing(doing)?),
    })
}

impl Db {
    /// Begins an upload; `None` when the project is not the asker's or its owner has `open_max` uploads open.
    pub async fn add_upload(
        &self,
        access: &Access,
        new: &NewUpload,
        open_max: i64,
    ) -> StorageResult<Option<PartialUpload>> {
        let row = query(
            "INSERT INTO uploads (id, project_id, kind, bidder_name, filename, size_bytes, created_at, updated_at)
             SELECT $3, p.id, $4, $5, $6, $7, {now}, {now} FROM projects p
              WHERE p.id = $2 AND ($1 IS NULL OR p.owner_id = $1)
                AND (SELECT COUNT(*) FROM uploads u JOIN projects o ON o.id = u.project_id
                      WHERE o.owner_id = p.owner_id AND u.asset_ids IS NULL) < $8
             RETURNING *",
        )
        .bind(access.owner())
        .bind(&new.project_id)
        .bind(&new.id)
        .bind(new.kind.as_str())
        .bind(&new.bidder_name)
        .bind(&new.filename)
        .bind(new.size_bytes)
        .bind(open_max)
        .fetch_optional(&self.write)
        .await
        .doing("begin an upload")?;
        row.as_ref().map(upload_of).transpose()
    }

    pub async fn upload(&self, access: &Access, project_id: &str, id: &str) -> StorageResult<Option<PartialUpload>> {
        let row = query(
            "SELECT u.* FROM uploads u JOIN projects p ON p.id = u.project_id
              WHERE u.id = $3 AND u.project_id = $2 AND ($1 IS NULL OR p.owner_id = $1)",
        )
        .bind(access.owner())
        .bind(project_id)
        .bind(id)
        .fetch_optional(&self.read)
        .await
        .doing("read an upload")?;
        row.as_ref().map(upload_of).transpose()
    }

    /// A project's uploads that still take bytes, newest first; none of a project that is not the asker's.
    pub async fn open_uploads(&self, access: &Access, project_id: &str) -> StorageResult<Vec<PartialUpload>> {
        let rows = query(
            "SELECT u.* FROM uploads u JOIN projects p ON p.id = u.project_id
              WHERE u.project_id = $2 AND u.asset_ids IS NULL AND ($1 IS NULL OR p.owner_id = $1)
              ORDER BY u.created_at DESC, u.id DESC",
        )
        .bind(access.owner())
        .bind(project_id)
        .fetch_all(&self.read)
        .await
        .doing("list uploads")?;
        rows.iter().map(upload_of).collect()
    }

    /// Adds the piece that begins at `start`; `false` when the upload stands elsewhere, has no room for it, or is gone.
    pub async fn add_piece(&self, id: &str, start: i64, piece: &StoredFile) -> StorageResult<bool> {
        let doing = "add a piece of an upload";
        let size = i64::try_from(piece.size_bytes).unwrap_or(i64::MAX);
        let mut tx = self.begin().await?;
        let grown = query(
            "UPDATE uploads SET received = received + $3, updated_at = {now}
              WHERE id = $1 AND received = $2 AND $3 <= size_bytes - received AND asset_ids IS NULL",
        )
        .bind(id)
        .bind(start)
        .bind(size)
        .execute(&mut tx)
        .await
        .doing(doing)?;
        if grown == 0 {
            return Ok(false);
        }
        query("INSERT INTO upload_pieces (upload_id, start, size_bytes, sha256) VALUES ($1, $2, $3, $4)")
            .bind(id)
            .bind(start)
            .bind(size)
            .bind(&piece.sha256)
            .execute(&mut tx)
            .await
            .doing(doing)?;
        self.commit(tx).await?;
        Ok(true)
    }

    /// In how many pieces an upload has come so far.
    pub async fn count_pieces(&self, id: &str) -> StorageResult<i64> {
        let doing = "count pieces of an upload";
        let row = query("SELECT COUNT(*) FROM upload_pieces WHERE upload_id = $1").bind(id).fetch_one(&self.read).await;
        row.doing(doing)?.try_get(0).doing(doing)
    }

    /// The content hashes of what has arrived, in order.
    pub async fn pieces(&self, id: &str) -> StorageResult<Vec<String>> {
        let doing = "list pieces of an upload";
        let rows = query("SELECT sha256 FROM upload_pieces WHERE upload_id = $1 ORDER BY start")
            .bind(id)
            .fetch_all(&self.read)
            .await
            .doing(doing)?;
        rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().doing(doing)
    }

    /// Says what an upload became and forgets its pieces; the content hashes that nothing refers to any more.
    pub async fn finish_upload(&self, id: &str, asset_ids: &[String]) -> StorageResult<Vec<String>> {
        let mut tx = self.begin().await?;
        query("UPDATE uploads SET asset_ids = $2, updated_at = {now} WHERE id = $1")
            .bind(id)
            .bind(list(asset_ids.iter().map(String::as_str)))
            .execute(&mut tx)
            .await
            .doing("finish an upload")?;
        let unused = forget_pieces(&mut tx, &[id.to_owned()]).await?;
        self.commit(tx).await?;
        Ok(unused)
    }

    /// Ends an upload; the content hashes that nothing refers to any more, or `None` when it is not the asker's.
    pub async fn remove_upload(
        &self,
        access: &Access,
        project_id: &str,
        id: &str,
    ) -> StorageResult<Option<Vec<String>>> {
        if self.upload(access, project_id, id).await?.is_none() {
            return Ok(None);
        }
        self.remove_uploads(&[id.to_owned()]).await.map(Some)
    }

    /// Ends the uploads that nobody has added to for `idle_ms`; the content hashes that nothing refers to any more.
    pub async fn remove_idle_uploads(&self, idle_ms: i64) -> StorageResult<Vec<String>> {
        let doing = "list idle uploads";
        let rows = query("SELECT id FROM uploads WHERE updated_at < {now} - $1 ORDER BY updated_at LIMIT 1000")
            .bind(idle_ms)
            .fetch_all(&self.read)
            .await
            .doing(doing)?;
        let ids: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().doing(doing)?;
        if ids.is_empty() { Ok(Vec::new()) } else { self.remove_uploads(&ids).await }
    }

    async fn remove_uploads(&self, ids: &[String]) -> StorageResult<Vec<String>> {
        let mut tx = self.begin().await?;
        let unused = forget_pieces(&mut tx, ids).await?;
        query("DELETE FROM uploads WHERE id IN (SELECT d.value FROM {each:$1} AS d)")
            .bind(list(ids.iter().map(String::as_str)))
            .execute(&mut tx)
            .await
            .doing("remove uploads")?;
        self.commit(tx).await?;
        Ok(unused)
    }
}

async fn forget_pieces(tx: &mut Tx, ids: &[String]) -> StorageResult<Vec<String>> {
    let doing = "forget pieces of uploads";
    let gone =
        query("DELETE FROM upload_pieces WHERE upload_id IN (SELECT d.value FROM {each:$1} AS d) RETURNING sha256")
            .bind(list(ids.iter().map(String::as_str)))
            .fetch_all(&mut *tx)
            .await
            .doing(doing)?;
    let mut hashes: Vec<String> = gone.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().doing(doing)?;
    hashes.sort();
    hashes.dedup();
    let mut unused = Vec::new();
    for sha256 in hashes {
        if !is_used(&mut *tx, &sha256).await? {
            unused.push(sha256);
        }
    }
    Ok(unused)
}

/// Whether a file or a piece of one has this content.
pub(crate) async fn is_used(on: impl Into<On<'_>>, sha256: &str) -> StorageResult<bool> {
    let row = query(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM assets WHERE sha256 = $1)
                     OR EXISTS (SELECT 1 FROM upload_pieces WHERE sha256 = $1)",
    )
    .bind(sha256)
    .fetch_optional(on)
    .await;
    Ok(row.doing("look for a file")?.is_some())
}
