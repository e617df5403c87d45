//! The ledger of requirements as people confirm, edit, add to and drop from it.

use bidlens_domain::document::Document;
use bidlens_domain::evidence::locate;
use bidlens_domain::finding::stable_id;
use bidlens_domain::ledger_edit::{LedgerChange, LedgerEdit, TEXT_CHARS_MAX, apply};
use bidlens_domain::requirement::{Constraint, Dimension, Requirement};
use bidlens_storage::{Access, AssetKind, User};

use crate::App;
use crate::error::{AppError, Fault};

/// A requirement as it stands, with what a person did to it.
#[derive(Debug, Clone)]
pub struct LedgerEntry {
    /// After the edit; a dropped one as it was read.
    pub requirement: Requirement,
    pub edit: Option<LedgerEdit>,
}

/// A requirement that reading missed.
#[derive(Debug, Clone)]
pub struct NewRequirement {
    /// Words of the tender that make the demand.
    pub quote: String,
    /// The demand in words of its own; the quote when it is empty.
    pub text: String,
    pub dimension: Dimension,
    pub rigid: bool,
    pub note: String,
}

impl App {
    /// The ledger, what is dropped and what was added among it.
    pub async fn ledger(&self, access: &Access, project_id: &str) -> Result<Vec<LedgerEntry>, AppError> {
        let facts = self.facts(access, project_id).await?;
        let read = facts.map(|row| row.content.requirements).unwrap_or_default();
        let edits = self.inner.db.ledger_edits(access, project_id).await?;
        let (kept, dropped) = apply(read, &edits);
        let entry = |requirement: Requirement| {
            let edit = edits.iter().find(|edit| edit.requirement_id == requirement.id).cloned();
            LedgerEntry { requirement, edit }
        };
        Ok(kept.into_iter().chain(dropped).map(entry).collect())
    }

    /// Confirms, edits or drops a requirement, in the place of an earlier change.
    pub async fn edit_requirement(
        &self,
        user: &User,
        access: &Access,
        project_id: &str,
        requirement_id: &str,
        change: LedgerChange,
        note: &str,
    ) -> Result<LedgerEntry, AppError> {
        let note = checked("note", note)?;
        let change = match change {
            LedgerChange::Edited { text, dimension, rigid } => {
                let text = match text.as_deref().map(str::trim) {
                    Some("") => return Err(AppError::invalid("bad_edit", "`text` is empty; leave it out to keep it")),
                    Some(text) => Some(checked("text", text)?),
                    None => None,
                };
                if text.is_none() && dimension.is_none() && rigid.is_none() {
                    return Err(AppError::invalid("bad_edit", "an edit needs `text`, `dimension` or `rigid`"));
                }
                LedgerChange::Edited { text, dimension, rigid }
            }
            other => other,
        };
        let read = self.facts(access, project_id).await?.map(|row| row.content.requirements).unwrap_or_default();
        let Some(requirement) = read.into_iter().find(|r| r.id == requirement_id) else {
            let edits = self.inner.db.ledger_edits(access, project_id).await?;
            if !edits.iter().any(|edit| edit.requirement_id == requirement_id && edit.change.is_addition()) {
                return Err(AppError::not_found("requirement"));
            }
            return Err(AppError::new(
                Fault::Conflict,
                "requirement_added",
                "a person added this requirement; remove it and add it anew",
            ));
        };
        let stored =
            self.inner.db.put_ledger_edit(access, project_id, requirement_id, &change, &note, &user.username).await?;
        let edit = stored.ok_or_else(|| AppError::not_found("project"))?;
        let requirement = edit.change.applied(&requirement).unwrap_or(requirement);
        Ok(LedgerEntry { requirement, edit: Some(edit) })
    }

    /// Adds a requirement that reading missed; its quote must stand in the tender.
    pub async fn add_requirement(
        &self,
        user: &User,
        access: &Access,
        project_id: &str,
        new: NewRequirement,
    ) -> Result<LedgerEntry, AppError> {
        let (quote, text, note) =
            (checked("quote", &new.quote)?, checked("text", &new.text)?, checked("note", &new.note)?);
        self.check_project(access, project_id).await?;
        let documents: Vec<Document> = self
            .inner
            .db
            .documents(access, project_id, AssetKind::Tender)
            .await?
            .into_iter()
            .map(|s| s.document)
            .collect();
        let Some(evidence) = documents.iter().find_map(|document| locate(document, &quote, None)) else {
            return Err(AppError::invalid(
                "quote_not_found",
                "`quote` does not stand in the tender; copy its words from there",
            ));
        };
        let id = stable_id(&["added", evidence.segment().as_str(), evidence.quote()]);
        let text = if text.is_empty() { evidence.quote().to_owned() } else { text };
        let requirement = Requirement::new(
            id.clone(),
            new.dimension,
            text,
            new.rigid,
            String::new(),
            Constraint::Semantic,
            vec![evidence],
        );
        let requirement = requirement.ok_or_else(|| AppError::invalid("quote_not_found", "`quote` holds no words"))?;
        let change = LedgerChange::Added { requirement: Box::new(requirement.clone()) };
        let stored = self.inner.db.put_ledger_edit(access, project_id, &id, &change, &note, &user.username).await?;
        let edit = stored.ok_or_else(|| AppError::not_found("project"))?;
        Ok(LedgerEntry { requirement, edit: Some(edit) })
    }

    /// Takes a change back: the requirement stands as it was read, an added one goes.
    pub async fn undo_requirement(
        &self,
        access: &Access,
        project_id: &str,
        requirement_id: &str,
    ) -> Result<(), AppError> {
        self.check_project(access, project_id).await?;
        if self.inner.db.remove_ledger_edit(access, project_id, requirement_id).await? {
            return Ok(());
        }
        Err(AppError::not_found("edit of this requirement"))
    }
}

/// A text within its bounds, without white space around it.
fn checked(name: &str, text: &str) -> Result<String, AppError> {
    let text = text.trim();
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(AppError::invalid("bad_edit", format!("`{name}` has at most {TEXT_CHARS_MAX} characters")));
    }
    Ok(text.to_owned())
}
