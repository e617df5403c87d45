//! The words of each page of a file, beside its document: text in a form that is not this crate's to know.
//!
//! A document of a thousand pages is megabytes; whoever looks at a page reads that page's row.

use serde_json::{Value, json};

use crate::db::{Db, Doing, StorageResult, Tx};
use crate::sql::{query, storable};

/// The words of all pages of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageTexts {
    /// Names the form, from 1: rows of another one are made anew.
    pub version: i64,
    /// Each page by its number, also those without words.
    pub pages: Vec<(u32, String)>,
}

/// What is stored of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageText {
    Text(String),
    /// The file has no such page.
    NoSuchPage,
    /// Nobody has made the words of this file's pages, or not in this form.
    NotMade,
}

/// Pages inserted by one statement.
const PAGES_AT_ONCE: usize = 200;

impl Db {
    /// The words of a page in the form that `version` names.
    pub async fn page_text(&self, asset_id: &str, page: u32, version: i64) -> StorageResult<PageText> {
        let doing = "read the words of a page";
        let row = query(
            "SELECT t.content FROM assets a LEFT JOIN page_texts t ON t.asset_id = a.id AND t.page = $2
              WHERE a.id = $1 AND a.page_texts = $3",
        )
        .bind(asset_id)
        .bind(i64::from(page))
        .bind(version)
        .fetch_optional(&self.read)
        .await
        .doing(doing)?;
        let Some(row) = row else { return Ok(PageText::NotMade) };
        let content: Option<String> = row.try_get("content").doing(doing)?;
        Ok(content.map_or(PageText::NoSuchPage, PageText::Text))
    }

    /// Stores the words of a document's pages, in the transaction that stores the document.
    pub async fn put_page_texts(&self, tx: &mut Tx, asset_id: &str, texts: &PageTexts) -> StorageResult<()> {
        query("UPDATE assets SET page_texts = $2 WHERE id = $1")
            .bind(asset_id)
            .bind(texts.version)
            .execute(&mut *tx)
            .await
            .doing("store the words of pages")?;
        put_rows(tx, asset_id, texts).await
    }

    /// Stores the words of the pages of a document that was stored without them.
    ///
    /// Whoever read the file anew meanwhile, or came first, has stored them: then nothing is changed.
    pub async fn add_page_texts(&self, asset_id: &str, texts: &PageTexts) -> StorageResult<()> {
        let mut tx = self.begin().await?;
        let missing = query("UPDATE assets SET page_texts = $2 WHERE id = $1 AND page_texts <> $2")
            .bind(asset_id)
            .bind(texts.version)
            .execute(&mut tx)
            .await
            .doing("store the words of pages")?;
        if missing == 0 {
            return Ok(());
        }
        put_rows(&mut tx, asset_id, texts).await?;
        self.commit(tx).await
    }
}

async fn put_rows(tx: &mut Tx, asset_id: &str, texts: &PageTexts) -> StorageResult<()> {
    let doing = "store the words of pages";
    query("DELETE FROM page_texts WHERE asset_id = $1").bind(asset_id).execute(&mut *tx).await.doing(doing)?;
    for pages in texts.pages.chunks(PAGES_AT_ONCE) {
        let rows: Vec<Value> =
            pages.iter().map(|(page, text)| json!({"page": page, "content": storable(text.as_str())})).collect();
        query(
            "INSERT INTO page_texts (asset_id, page, content) SELECT $1, t.page, t.content FROM {page_texts:$2} AS t",
        )
        .bind(asset_id)
        .bind(Value::from(rows).to_string())
        .execute(&mut *tx)
        .await
        .doing(doing)?;
    }
    Ok(())
}
