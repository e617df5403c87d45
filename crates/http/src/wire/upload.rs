//! Uploads that go on after a broken connection.

use bidlens_app::{App, PartialUpload};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::AssetWire;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadWire {
    pub(crate) id: String,
    pub(crate) project_id: String,
    pub(crate) filename: String,
    /// `tender`, `bid`, `attachment` or `custom_rule`.
    pub(crate) kind: String,
    pub(crate) bidder_name: Option<String>,
    pub(crate) size_bytes: i64,
    /// How much of it is here.
    pub(crate) offset: i64,
    pub(crate) created_at: DateTime<Utc>,
    /// When it is forgotten unless more of it comes.
    pub(crate) expires_at: DateTime<Utc>,
    /// The files that it became, once its last byte has come.
    pub(crate) assets: Option<Vec<AssetWire>>,
}

impl UploadWire {
    pub(crate) fn new(upload: PartialUpload, assets: Option<Vec<AssetWire>>) -> UploadWire {
        UploadWire {
            expires_at: expires_at(&upload),
            id: upload.id,
            project_id: upload.project_id,
            filename: upload.filename,
            kind: upload.kind.as_str().to_owned(),
            bidder_name: Some(upload.bidder_name).filter(|name| !name.is_empty()),
            size_bytes: upload.size_bytes,
            offset: upload.received,
            created_at: upload.created_at,
            assets,
        }
    }
}

/// When an upload is forgotten unless more of it comes.
pub(crate) fn expires_at(upload: &PartialUpload) -> DateTime<Utc> {
    upload.updated_at + App::UPLOAD_LIFETIME
}

/// Where an upload is added to.
pub(crate) fn upload_location(upload: &PartialUpload) -> String {
    format!("/api/apps/tender/projects/{}/uploads/{}", upload.project_id, upload.id)
}
