//! Answers remembered under the client's own key, so that a repeated request is not done twice.

use bidlens_jobs::WorkerId;

use crate::db::{Db, Doing, StorageResult};
use crate::sql::{Row, query};

/// An answer given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    pub status: u16,
    pub body: String,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remembered {
    /// Never seen; it is now reserved for this request.
    New,
    /// The first request with it is still being answered.
    InProgress,
    /// It was used for another request.
    OtherRequest,
    Answered(StoredAnswer),
}

/// Keys older than this are forgotten.
const KEY_LIFETIME_MS: i64 = 86_400_000;

fn known(row: &Row, request: &str) -> Result<Remembered, sqlx::Error> {
    let known: String = row.try_get("request")?;
    let status: Option<i64> = row.try_get("status")?;
    let body: Option<String> = row.try_get("response")?;
    Ok(match (known == request, status, body) {
        (false, _, _) => Remembered::OtherRequest,
        (true, Some(status), Some(body)) => {
            Remembered::Answered(StoredAnswer { status: u16::try_from(status).unwrap_or(500), body })
        }
        (true, _, _) => Remembered::InProgress,
    })
}

impl Db {
    /// Looks the key up, and reserves it for the process `holder` when it is new. `request` is a digest of method,
    /// path and body.
    ///
    /// A request whose process has died is not in progress: its key is free for the same request again.
    pub async fn remember(
        &self,
        user_id: &str,
        key: &str,
        request: &str,
        holder: WorkerId,
    ) -> StorageResult<Remembered> {
        let doing = "look up an idempotency key";
        let mut tx = self.begin().await?;
        query("DELETE FROM idempotency_keys WHERE created_at < {now} - $1")
            .bind(KEY_LIFETIME_MS)
            .execute(&mut tx)
            .await
            .doing(doing)?;
        query(
            "DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND status IS NULL
                AND NOT EXISTS (SELECT 1 FROM job_workers AS w
                                 WHERE w.id = idempotency_keys.holder AND w.lease_until > {now})",
        )
        .bind(user_id)
        .bind(key)
        .execute(&mut tx)
        .await
        .doing(doing)?;
        let reserved = query(
            "INSERT INTO idempotency_keys (user_id, key, request, holder, created_at) VALUES ($1, $2, $3, $4, {now})
             ON CONFLICT (user_id, key) DO NOTHING",
        )
        .bind(user_id)
        .bind(key)
        .bind(request)
        .bind(holder.to_string())
        .execute(&mut tx)
        .await
        .doing(doing)?;
        let remembered = if reserved == 1 {
            Remembered::New
        } else {
            let row = query("SELECT request, status, response FROM idempotency_keys WHERE user_id = $1 AND key = $2")
                .bind(user_id)
                .bind(key)
                .fetch_optional(&mut tx)
                .await
                .doing(doing)?;
            row.map_or(Ok(Remembered::InProgress), |row| known(&row, request)).doing(doing)?
        };
        self.commit(tx).await?;
        Ok(remembered)
    }

    /// Stores the answer.
    pub async fn answer(&self, user_id: &str, key: &str, answer: &StoredAnswer) -> StorageResult<()> {
        query("UPDATE idempotency_keys SET status = $3, response = $4 WHERE user_id = $1 AND key = $2")
            .bind(user_id)
            .bind(key)
            .bind(i64::from(answer.status))
            .bind(&answer.body)
            .execute(&self.write)
            .await
            .doing("store an answer")?;
        Ok(())
    }

    /// Forgets a key that `holder` has reserved and not answered.
    pub async fn free(&self, user_id: &str, key: &str, holder: WorkerId) -> StorageResult<()> {
        query("DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND holder = $3 AND status IS NULL")
            .bind(user_id)
            .bind(key)
            .bind(holder.to_string())
            .execute(&self.write)
            .await
            .doing("free an idempotency key")?;
        Ok(())
    }
}
