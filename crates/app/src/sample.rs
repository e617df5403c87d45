//! The bundled sample as a project of one's own, for those who want to look before they upload.

use bidlens_storage::{Access, AssetKind, Project, User};

use crate::App;
use crate::error::AppError;
use crate::import::{ImportRequest, Upload};
use crate::work::{ReviewRequest, WaitMode};

/// A file of the sample: what it is, whose it is, its name, its bytes.
const FILES: &[(AssetKind, Option<&str>, &str, &[u8])] = &[
    (AssetKind::Tender, None, "tender.pdf", include_bytes!("../../../samples/tender.pdf")),
    (AssetKind::CustomRule, None, "rules.yaml", include_bytes!("../../../samples/rules.yaml")),
    (
        AssetKind::Bid,
        Some("临澜启衡教育科技有限公司"),
        "bid_conforming.docx",
        include_bytes!("../../../samples/bid_conforming.docx"),
    ),
    (
        AssetKind::Bid,
        Some("云州博砚智能设备有限公司"),
        "bid_defective.pdf",
        include_bytes!("../../../samples/bid_defective.pdf"),
    ),
];

impl App {
    /// Makes a project of the sample and asks for all that is done with a tender; the runs wait for each other.
    pub async fn create_sample(&self, user: &User, name: &str) -> Result<Project, AppError> {
        let access = Access::Owner(user.id.clone());
        let project = self.create_project(user, name, "").await?;
        for (kind, bidder, filename, bytes) in FILES {
            let mut incoming = self.receive_file().await?;
            incoming.write(bytes).await?;
            let request =
                ImportRequest { project_id: project.id.clone(), kind: *kind, bidder_name: bidder.map(str::to_owned) };
            let uploads = vec![Upload { filename: (*filename).to_owned(), incoming }];
            let imported = self.import_files(user, &access, &request, uploads).await?;
            self.settle_import(&access, imported, WaitMode::Queue).await?;
        }
        let works = [
            self.submit_project_info(user, &access, &project.id, None).await?,
            self.submit_risks(user, &access, &project.id, None).await?,
            self.submit_review(user, &access, &project.id, None, &ReviewRequest::default()).await?,
        ];
        for work in &works {
            self.start(work, WaitMode::Queue).await?;
        }
        self.project(&access, &project.id).await
    }
}
