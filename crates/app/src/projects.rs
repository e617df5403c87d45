//! Projects: create, change, list, delete with a plan that is confirmed.

use bidlens_storage::{Access, AssetKind, Project, Run, User};
use sha2::{Digest, Sha256};

use crate::App;
use crate::error::{AppError, Fault};

/// What deleting a project would remove.
#[derive(Debug, Clone, PartialEq)]
pub struct DeletePlan {
    pub items: Vec<DeletePlanItem>,
    /// Stands for the state that was shown; another state needs another look.
    pub confirm_token: String,
    pub warning: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DeletePlanItem {
    pub kind: &'static str,
    pub count: usize,
    pub samples: Vec<String>,
}

const NAME_CHARS_MAX: usize = 300;
const DESCRIPTION_CHARS_MAX: usize = 5_000;

impl App {
    pub async fn create_project(&self, user: &User, name: &str, description: &str) -> Result<Project, AppError> {
        let name = checked_name(name)?;
        check_description(description)?;
        let id = uuid::Uuid::now_v7().to_string();
        self.inner.db.add_project(&id, &user.id, name, description).await?;
        self.project(&Access::Owner(user.id.clone()), &id).await
    }

    /// Refuses a project that is not the asker's.
    pub async fn check_project(&self, access: &Access, id: &str) -> Result<(), AppError> {
        if self.inner.db.has_project(access, id).await? { Ok(()) } else { Err(AppError::not_found("project")) }
    }

    /// The project with what it holds; [`App::check_project`] is cheaper where only whose it is matters.
    pub async fn project(&self, access: &Access, id: &str) -> Result<Project, AppError> {
        self.inner.db.project(access, id).await?.ok_or_else(|| AppError::not_found("project"))
    }

    pub async fn projects(&self, access: &Access) -> Result<Vec<Project>, AppError> {
        Ok(self.inner.db.projects(access).await?)
    }

    /// The newest run of each kind, without its result, in one project or in each; those of one stand together.
    pub async fn latest_runs(&self, access: &Access, project_id: Option<&str>) -> Result<Vec<Run>, AppError> {
        Ok(self.inner.db.latest_runs(access, project_id).await?)
    }

    pub async fn update_project(
        &self,
        access: &Access,
        id: &str,
        name: Option<&str>,
        description: Option<&str>,
    ) -> Result<Project, AppError> {
        let now = self.project(access, id).await?;
        let name = name.map_or(Ok(now.name.as_str()), checked_name)?;
        let description = description.unwrap_or(&now.description);
        check_description(description)?;
        if !self.inner.db.update_project(access, id, name, description).await? {
            return Err(AppError::not_found("project"));
        }
        self.project(access, id).await
    }

    pub async fn plan_delete(&self, access: &Access, id: &str) -> Result<DeletePlan, AppError> {
        let project = self.project(access, id).await?;
        let assets = self.inner.db.assets(access, id).await?;
        let runs = self.inner.db.runs(access, id).await?;
        let mut items = Vec::new();
        for (label, kind) in [
            ("tender", AssetKind::Tender),
            ("bid", AssetKind::Bid),
            ("attachment", AssetKind::Attachment),
            ("custom_rule", AssetKind::CustomRule),
        ] {
            let names: Vec<String> = assets.iter().filter(|a| a.kind == kind).map(|a| a.filename.clone()).collect();
            if !names.is_empty() {
                items.push(DeletePlanItem {
                    kind: label,
                    count: names.len(),
                    samples: names.into_iter().take(5).collect(),
                });
            }
        }
        if !runs.is_empty() {
            items.push(DeletePlanItem {
                kind: "run",
                count: runs.len(),
                samples: runs.iter().take(5).map(|r| r.kind.clone()).collect(),
            });
        }
        let mut hash = Sha256::new();
        hash.update(project.id.as_bytes());
        hash.update(project.updated_at.timestamp_millis().to_le_bytes());
        for id in assets.iter().map(|a| &a.id).chain(runs.iter().map(|r| &r.id)) {
            hash.update(id.as_bytes());
        }
        let confirm_token = hash.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect();
        let warning = format!("this removes the project “{}” with its files, text and results for good", project.name);
        Ok(DeletePlan { items, confirm_token, warning })
    }

    pub async fn delete_project(&self, access: &Access, id: &str, confirm_token: &str) -> Result<(), AppError> {
        let plan = self.plan_delete(access, id).await?;
        if plan.confirm_token != confirm_token {
            return Err(AppError::new(
                Fault::Stale,
                "stale_confirm_token",
                "the project has changed since the plan was shown; read the plan again",
            ));
        }
        let _gate = self.inner.files_gate.write().await;
        let unused = self.inner.db.delete_project(access, id).await?.ok_or_else(|| AppError::not_found("project"))?;
        self.inner.searched.forget();
        self.forget_all(unused).await
    }
}

fn check_description(description: &str) -> Result<(), AppError> {
    if description.chars().count() > DESCRIPTION_CHARS_MAX {
        return Err(AppError::invalid(
            "bad_description",
            format!("a description has at most {DESCRIPTION_CHARS_MAX} characters"),
        ));
    }
    Ok(())
}

fn checked_name(name: &str) -> Result<&str, AppError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(AppError::invalid("bad_name", format!("a project name has 1 to {NAME_CHARS_MAX} characters")));
    }
    Ok(name)
}
