//! What people decided about findings; kept when a later run replaces the findings.

use bidlens_domain::decision::Decision;
use chrono::{DateTime, Utc};

use crate::access::Access;
use crate::db::{Db, Doing, StorageError, StorageResult, at};
use crate::sql::{Row, query};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    pub finding_id: String,
    pub bidder_name: String,
    /// [`bidlens_domain::finding::Finding::substance`] at the time of the decision.
    pub substance: String,
    pub decision: Decision,
    pub decided_by: String,
    pub decided_at: DateTime<Utc>,
}

/// A decision to be stored; the database's clock says when.
#[derive(Debug, Clone, Copy)]
pub struct NewDecision<'a> {
    pub finding_id: &'a str,
    pub bidder_name: &'a str,
    pub substance: &'a str,
    pub decision: &'a Decision,
    pub decided_by: &'a str,
}

fn decision_of(row: &Row) -> StorageResult<DecisionRow> {
    let doing = "read a decision";
    let content: String = row.try_get("content").doing(doing)?;
    Ok(DecisionRow {
        finding_id: row.try_get("finding_id").doing(doing)?,
        bidder_name: row.try_get("bidder_name").doing(doing)?,
        substance: row.try_get("substance").doing(doing)?,
        decision: serde_json::from_str(&content).map_err(|source| StorageError::Stored { what: "decision", source })?,
        decided_by: row.try_get("decided_by").doing(doing)?,
        decided_at: at(row.try_get("decided_at").doing(doing)?),
    })
}

impl Db {
    /// Stores a decision in the place of an earlier one; `None` when the project is not the asker's.
    pub async fn put_decision(
        &self,
        access: &Access,
        project_id: &str,
        new: NewDecision<'_>,
    ) -> StorageResult<Option<DecisionRow>> {
        let content =
            serde_json::to_string(new.decision).map_err(|source| StorageError::Stored { what: "decision", source })?;
        let row = query(
            "INSERT INTO review_decisions (project_id, finding_id, bidder_name, substance, content, decided_by, decided_at)
             SELECT p.id, $3, $4, $5, $6, $7, {now} FROM projects p
              WHERE p.id = $2 AND ($1 IS NULL OR p.owner_id = $1)
             ON CONFLICT (project_id, finding_id) DO UPDATE
                SET bidder_name = excluded.bidder_name, substance = excluded.substance, content = excluded.content,
                    decided_by = excluded.decided_by, decided_at = excluded.decided_at
             RETURNING *",
        )
        .bind(access.owner())
        .bind(project_id)
        .bind(new.finding_id)
        .bind(new.bidder_name)
        .bind(new.substance)
        .bind(content)
        .bind(new.decided_by)
        .fetch_optional(&self.write)
        .await
        .doing("store a decision")?;
        row.as_ref().map(decision_of).transpose()
    }

    /// Oldest first.
    pub async fn decisions(&self, access: &Access, project_id: &str) -> StorageResult<Vec<DecisionRow>> {
        let rows = query(
            "SELECT d.* FROM review_decisions d JOIN projects p ON p.id = d.project_id
              WHERE d.project_id = $2 AND ($1 IS NULL OR p.owner_id = $1) ORDER BY d.decided_at, d.finding_id",
        )
        .bind(access.owner())
        .bind(project_id)
        .fetch_all(&self.read)
        .await
        .doing("read decisions")?;
        rows.iter().map(decision_of).collect()
    }

    /// Takes a decision back; `false` when there is none of the asker's.
    pub async fn remove_decision(&self, access: &Access, project_id: &str, finding_id: &str) -> StorageResult<bool> {
        let row = query(
            "DELETE FROM review_decisions
              WHERE project_id = $2 AND finding_id = $3
                AND EXISTS (SELECT 1 FROM projects p
                             WHERE p.id = review_decisions.project_id AND ($1 IS NULL OR p.owner_id = $1))
             RETURNING finding_id",
        )
        .bind(access.owner())
        .bind(project_id)
        .bind(finding_id)
        .fetch_optional(&self.write)
        .await
        .doing("remove a decision")?;
        Ok(row.is_some())
    }
}
