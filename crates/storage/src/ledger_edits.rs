//! What people changed in the ledger of requirements; kept when a later extraction replaces the ledger.

use bidlens_domain::ledger_edit::{LedgerChange, LedgerEdit};
use serde::{Deserialize, Serialize};

use crate::access::Access;
use crate::db::{Db, Doing, StorageError, StorageResult, at};
use crate::sql::{Row, query};

#[derive(Serialize, Deserialize)]
struct Content {
    change: LedgerChange,
    note: String,
}

fn edit_of(row: &Row) -> StorageResult<LedgerEdit> {
    let doing = "read an edit of the ledger";
    let content: String = row.try_get("content").doing(doing)?;
    let content: Content =
        serde_json::from_str(&content).map_err(|source| StorageError::Stored { what: "ledger edit", source })?;
    Ok(LedgerEdit {
        requirement_id: row.try_get("requirement_id").doing(doing)?,
        change: content.change,
        note: content.note,
        edited_by: row.try_get("edited_by").doing(doing)?,
        edited_at: at(row.try_get("edited_at").doing(doing)?),
    })
}

impl Db {
    /// Stores a change in the place of an earlier one; `None` when the project is not the asker's.
    pub async fn put_ledger_edit(
        &self,
        access: &Access,
        project_id: &str,
        requirement_id: &str,
        change: &LedgerChange,
        note: &str,
        edited_by: &str,
    ) -> StorageResult<Option<LedgerEdit>> {
        let content = Content { change: change.clone(), note: note.to_owned() };
        let content =
            serde_json::to_string(&content).map_err(|source| StorageError::Stored { what: "ledger edit", source })?;
        let row = query(
            "INSERT INTO ledger_edits (project_id, requirement_id, content, edited_by, edited_at)
             SELECT p.id, $3, $4, $5, {now} FROM projects p WHERE p.id = $2 AND ($1 IS NULL OR p.owner_id = $1)
             ON CONFLICT (project_id, requirement_id) DO UPDATE
                SET content = excluded.content, edited_by = excluded.edited_by, edited_at = excluded.edited_at
             RETURNING *",
        )
        .bind(access.owner())
        .bind(project_id)
        .bind(requirement_id)
        .bind(content)
        .bind(edited_by)
        .fetch_optional(&self.write)
        .await
        .doing("store an edit of the ledger")?;
        row.as_ref().map(edit_of).transpose()
    }

    /// Oldest first.
    pub async fn ledger_edits(&self, access: &Access, project_id: &str) -> StorageResult<Vec<LedgerEdit>> {
        let rows = query(
            "SELECT e.* FROM ledger_edits e JOIN projects p ON p.id = e.project_id
              WHERE e.project_id = $2 AND ($1 IS NULL OR p.owner_id = $1) ORDER BY e.edited_at, e.requirement_id",
        )
        .bind(access.owner())
        .bind(project_id)
        .fetch_all(&self.read)
        .await
        .doing("read edits of the ledger")?;
        rows.iter().map(edit_of).collect()
    }

    /// Takes a change back; `false` when there is none of the asker's.
    pub async fn remove_ledger_edit(
        &self,
        access: &Access,
        project_id: &str,
        requirement_id: &str,
    ) -> StorageResult<bool> {
        let row = query(
            "DELETE FROM ledger_edits
              WHERE project_id = $2 AND requirement_id = $3
                AND EXISTS (SELECT 1 FROM projects p
                             WHERE p.id = ledger_edits.project_id AND ($1 IS NULL OR p.owner_id = $1))
             RETURNING requirement_id",
        )
        .bind(access.owner())
        .bind(project_id)
        .bind(requirement_id)
        .fetch_optional(&self.write)
        .await
        .doing("remove an edit of the ledger")?;
        Ok(row.is_some())
    }
}
