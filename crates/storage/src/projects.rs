//! Projects and the one place where their ownership is checked.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::access::Access;
use crate::db::{Db, Doing, StorageResult, at};
use crate::results::VerdictCounts;
use crate::sql::{Row, query};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub id: String,
    pub owner_id: String,
    pub name: String,
    pub description: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// As the tender states it: a date, with a time of day when there is one.
    pub bid_deadline: Option<String>,
    pub counts: ProjectCounts,
}

/// What a project holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectCounts {
    /// Of every kind.
    pub files: i64,
    pub tender_files: i64,
    pub bid_files: i64,
    pub bidders: i64,
    pub runs: i64,
    /// Runs that wait or work.
    pub open_runs: i64,
    pub segments: i64,
    pub findings: VerdictCounts,
}

// Each look is into an index, or into few small rows: a list of a thousand projects takes milliseconds.
const SELECT: &str = "SELECT p.*,
    (SELECT COUNT(*) FROM assets a WHERE a.project_id = p.id) AS files,
    (SELECT COUNT(*) FROM assets a WHERE a.project_id = p.id AND a.kind = 'tender') AS tender_files,
    (SELECT COUNT(*) FROM assets a WHERE a.project_id = p.id AND a.kind = 'bid') AS bid_files,
    (SELECT COUNT(DISTINCT a.bidder_name) FROM assets a WHERE a.project_id = p.id AND a.kind = 'bid') AS bidders,
    (SELECT COUNT(*) FROM runs r WHERE r.project_id = p.id) AS runs,
    (SELECT COUNT(*) FROM runs r WHERE r.project_id = p.id AND r.status IN ('pending', 'running')) AS open_runs,
    (SELECT CAST(COALESCE(SUM(a.segments), 0) AS BIGINT) FROM assets a WHERE a.project_id = p.id) AS segments,
    (SELECT s.bid_deadline FROM result_summaries s
      WHERE s.project_id = p.id AND s.kind = 'facts' AND s.subject = '') AS bid_deadline,
    {verdicts:passed}, {verdicts:at_risk}, {verdicts:failed}
    FROM projects p WHERE ($1 IS NULL OR p.owner_id = $1) AND ($2 IS NULL OR p.id = $2)
    ORDER BY p.created_at DESC, p.id DESC LIMIT 1000";

fn project_of(row: &Row) -> Result<Project, sqlx::Error> {
    Ok(Project {
        id: row.try_get("id")?,
        owner_id: row.try_get("owner_id")?,
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        created_at: at(row.try_get("created_at")?),
        updated_at: at(row.try_get("updated_at")?),
        bid_deadline: row.try_get("bid_deadline")?,
        counts: ProjectCounts {
            files: row.try_get("files")?,
            tender_files: row.try_get("tender_files")?,
            bid_files: row.try_get("bid_files")?,
            bidders: row.try_get("bidders")?,
            runs: row.try_get("runs")?,
            open_runs: row.try_get("open_runs")?,
            segments: row.try_get("segments")?,
            findings: VerdictCounts {
                pass: row.try_get("passed")?,
                risk: row.try_get("at_risk")?,
                fail: row.try_get("failed")?,
            },
        },
    })
}

impl Db {
    pub async fn add_project(&self, id: &str, owner_id: &str, name: &str, description: &str) -> StorageResult<()> {
        query(
            "INSERT INTO projects (id, owner_id, name, description, created_at, updated_at)
             SELECT $1, $2, $3, $4, ms, ms FROM (SELECT {now} AS ms) AS now",
        )
        .bind(id)
        .bind(owner_id)
        .bind(name)
        .bind(description)
        .execute(&self.write)
        .await
        .doing("add a project")?;
        Ok(())
    }

    /// Whether the project exists and `access` may see it. Most requests need to know no more of it, and what
    /// [`Db::project`] counts grows with the project.
    pub async fn has_project(&self, access: &Access, id: &str) -> StorageResult<bool> {
        let row = query("SELECT 1 FROM projects WHERE id = $2 AND ($1 IS NULL OR owner_id = $1)")
            .bind(access.owner())
            .bind(id)
            .fetch_optional(&self.read)
            .await
            .doing("look for a project")?;
        Ok(row.is_some())
    }

    /// The project, when it exists and `access` may see it.
    pub async fn project(&self, access: &Access, id: &str) -> StorageResult<Option<Project>> {
        let row = query(SELECT)
            .bind(access.owner())
            .bind(Some(id))
            .fetch_optional(&self.read)
            .await
            .doing("read a project")?;
        row.as_ref().map(project_of).transpose().doing("read a project")
    }

    /// Newest first.
    pub async fn projects(&self, access: &Access) -> StorageResult<Vec<Project>> {
        let rows =
            query(SELECT).bind(access.owner()).bind(None::<&str>).fetch_all(&self.read).await.doing("list projects")?;
        rows.iter().map(project_of).collect::<Result<_, _>>().doing("read projects")
    }

    pub async fn update_project(
        &self,
        access: &Access,
        id: &str,
        name: &str,
        description: &str,
    ) -> StorageResult<bool> {
        let changed = query(
            "UPDATE projects SET name = $3, description = $4, updated_at = {now}
              WHERE ($1 IS NULL OR owner_id = $1) AND id = $2",
        )
        .bind(access.owner())
        .bind(id)
        .bind(name)
        .bind(description)
        .execute(&self.write)
        .await
        .doing("change a project")?;
        Ok(changed == 1)
    }

    /// Removes the project with everything of it, its waiting and running jobs too; returns the content hashes
    /// of files that nothing refers to any more, or `None` when there is no such project.
    pub async fn delete_project(&self, access: &Access, id: &str) -> StorageResult<Option<Vec<String>>> {
        let doing = "delete a project";
        let mut tx = self.begin().await?;
        // An attempt that writes results holds its job and then looks at the project: lock in the same order. What
        // is being submitted looks at the project too and is seen below, or fails.
        query(
            "SELECT j.id FROM platform_jobs AS j
              WHERE j.id IN (SELECT job_id FROM runs WHERE project_id = $2) 
                AND EXISTS (SELECT 1 FROM projects WHERE id = $2 AND ($1 IS NULL OR owner_id = $1))
              ORDER BY j.id {lock_to_delete}",
        )
        .bind(access.owner())
        .bind(id)
        .fetch_all(&mut tx)
        .await
        .doing(doing)?;
        let own = query("SELECT 1 FROM projects WHERE id = $2 AND ($1 IS NULL OR owner_id = $1) {lock_to_delete}")
            .bind(access.owner())
            .bind(id)
            .fetch_optional(&mut tx)
            .await
            .doing(doing)?;
        if own.is_none() {
            return Ok(None);
        }
        // Without its row a running job has lost its claim and can write nothing.
        for statement in [
            "DELETE FROM platform_jobs WHERE id IN (SELECT job_id FROM runs WHERE project_id = $1)",
            "DELETE FROM platform_jobs WHERE id IN (SELECT job_id FROM assets WHERE project_id = $1)",
        ] {
            query(statement).bind(id).execute(&mut tx).await.doing(doing)?;
        }
        let hashes = query(
            "SELECT own.sha256
               FROM (SELECT sha256 FROM assets WHERE project_id = $1
                      UNION SELECT i.sha256 FROM upload_pieces i JOIN uploads u ON u.id = i.upload_id
                             WHERE u.project_id = $1) AS own
              WHERE NOT EXISTS (SELECT 1 FROM assets b WHERE b.sha256 = own.sha256 AND b.project_id <> $1)
                AND NOT EXISTS (SELECT 1 FROM upload_pieces i JOIN uploads u ON u.id = i.upload_id
                                 WHERE i.sha256 = own.sha256 AND u.project_id <> $1)",
        )
        .bind(id)
        .fetch_all(&mut tx)
        .await
        .doing(doing)?;
        query("DELETE FROM projects WHERE id = $1").bind(id).execute(&mut tx).await.doing(doing)?;
        self.commit(tx).await?;
        self.empty_log().await;
        hashes.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map(Some).doing(doing)
    }
}
