//! Files into a project: stored by content, then read by an ingest job.

use bidlens_jobs::NewJob;
use bidlens_storage::{Access, Asset, AssetKind, Incoming, NewAsset, NewRun, Run, StoredFile, User};
use serde_json::json;

use crate::App;
use crate::error::AppError;
use crate::jobs::kinds;
use crate::work::WaitMode;

/// What a file is imported as.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    pub project_id: String,
    pub kind: AssetKind,
    /// Needed for bids.
    pub bidder_name: Option<String>,
}

const BIDDER_CHARS_MAX: usize = 200;
const FILENAME_CHARS_MAX: usize = 255;

impl App {
    /// Begins to take an uploaded file.
    pub async fn receive_file(&self) -> Result<Incoming, AppError> {
        Ok(self.inner.files.receive(self.inner.settings.max_upload_bytes).await?)
    }

    /// Checks an import before its files are taken.
    pub async fn check_import(&self, access: &Access, request: &ImportRequest) -> Result<(), AppError> {
        self.project(access, &request.project_id).await?;
        let bidder = request.bidder_name.as_deref().map(str::trim).unwrap_or_default();
        if request.kind == AssetKind::Bid && bidder.is_empty() {
            return Err(AppError::invalid("bidder_name_missing", "`bidder_name` is needed for a bid"));
        }
        if bidder.chars().count() > BIDDER_CHARS_MAX {
            return Err(AppError::invalid("bidder_name_too_long", format!("`bidder_name` has at most {BIDDER_CHARS_MAX} characters")));
        }
        Ok(())
    }

    /// Adds a stored file to a project and asks for it to be read; the same bytes are the same asset.
    pub async fn import_file(&self, user: &User, access: &Access, request: &ImportRequest, filename: &str, file: &StoredFile) -> Result<(Asset, Option<Run>), AppError> {
        let filename: String = filename.chars().filter(|c| !c.is_control()).take(FILENAME_CHARS_MAX).collect();
        self.check_import(access, request).await?;
        if request.kind == AssetKind::CustomRule {
            self.check_rules(&filename, file).await?;
        }
        let bidder_name = match request.kind {
            AssetKind::Bid => request.bidder_name.as_deref().map(str::trim).unwrap_or_default().to_owned(),
            AssetKind::Tender | AssetKind::Attachment | AssetKind::CustomRule => String::new(),
        };
        let new = NewAsset {
            id: uuid::Uuid::now_v7().to_string(),
            project_id: request.project_id.clone(),
            kind: request.kind,
            filename,
            bidder_name,
            size_bytes: i64::try_from(file.size_bytes).unwrap_or(i64::MAX),
            sha256: file.sha256.clone(),
        };
        if request.kind == AssetKind::CustomRule {
            return Ok(self.inner.db.add_asset(&new, None).await?);
        }
        let run = NewRun { id: uuid::Uuid::now_v7().to_string(), project_id: request.project_id.clone(), kind: "ingest".to_owned() };
        let payload = json!({"project_id": request.project_id, "asset_id": new.id, "owner_id": user.id});
        let mut job = NewJob::new(kinds::INGEST.0, kinds::INGEST.1, &user.id, payload);
        job.timeout = self.inner.settings.job_timeout;
        let (asset, run) = self.inner.db.add_asset(&new, Some((&run, &job))).await?;
        if run.is_some() {
            self.announce(kinds::INGEST.0, job.id).await;
        }
        Ok((asset, run))
    }

    /// Waits for the ingest of `asset` when `mode` says so, and reads it again.
    pub async fn settle_import(&self, access: &Access, asset: Asset, run: Option<&Run>, mode: WaitMode) -> Result<Asset, AppError> {
        if mode == WaitMode::Wait
            && let Some(run) = run
        {
            self.wait_for(&run.job_id).await?;
        }
        self.inner.db.asset(access, &asset.id).await?.ok_or_else(|| AppError::not_found("asset"))
    }

    async fn check_rules(&self, filename: &str, file: &StoredFile) -> Result<(), AppError> {
        let bytes = self.inner.files.read(&file.sha256).await?;
        let text = String::from_utf8(bytes).map_err(|_| AppError::invalid("bad_rules", format!("{filename}: rules are YAML in UTF-8")))?;
        bidlens_review::custom_rules::parse(filename, &text).map_err(|e| AppError::invalid("bad_rules", e.to_string()))?;
        Ok(())
    }

    /// Forgets a stored file that no asset refers to, after an import that failed.
    pub async fn discard_file(&self, sha256: &str) -> Result<(), AppError> {
        if self.inner.db.file_is_used(sha256).await? {
            return Ok(());
        }
        Ok(self.inner.files.remove(sha256).await?)
    }

    pub async fn assets(&self, access: &Access, project_id: &str) -> Result<Vec<Asset>, AppError> {
        self.project(access, project_id).await?;
        Ok(self.inner.db.assets(access, project_id).await?)
    }

    pub async fn delete_asset(&self, access: &Access, project_id: &str, id: &str) -> Result<(), AppError> {
        self.own_asset(access, project_id, id).await?;
        let unused = self.inner.db.delete_asset(access, id).await?.ok_or_else(|| AppError::not_found("asset"))?;
        if let Some(sha256) = unused {
            self.inner.files.remove(&sha256).await?;
        }
        Ok(())
    }

    /// An asset with its original bytes.
    pub async fn asset_file(&self, access: &Access, project_id: &str, id: &str) -> Result<(Asset, Vec<u8>), AppError> {
        let asset = self.own_asset(access, project_id, id).await?;
        let bytes = self.inner.files.read(&asset.sha256).await?;
        Ok((asset, bytes))
    }

    pub(crate) async fn own_asset(&self, access: &Access, project_id: &str, id: &str) -> Result<Asset, AppError> {
        let asset = self.inner.db.asset(access, id).await?;
        asset.filter(|a| a.project_id == project_id).ok_or_else(|| AppError::not_found("asset"))
    }
}
