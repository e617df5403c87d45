//! The ledger of model calls: the answer to each question of a project, by the hash of the question.

use crate::db::{Db, Doing, StorageResult};
use crate::sql::query;

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelCall {
    /// Of everything that was sent: model, words, form of the answer.
    pub request_hash: String,
    pub model: String,
    pub purpose: String,
    /// Name and version of the prompt.
    pub prompt: String,
    pub answer: String,
    pub input_tokens: i64,
    pub output_tokens: i64,
}

impl Db {
    /// The answer to a question, when it was asked before in this project.
    pub async fn model_answer(&self, project_id: &str, request_hash: &str) -> StorageResult<Option<ModelCall>> {
        let doing = "look up a model's answer";
        let row = query(
            "SELECT request_hash, model, purpose, prompt, answer, input_tokens, output_tokens
               FROM model_calls WHERE project_id = $1 AND request_hash = $2",
        )
        .bind(project_id)
        .bind(request_hash)
        .fetch_optional(&self.read)
        .await
        .doing(doing)?;
        row.map(|row| {
            Ok(ModelCall {
                request_hash: row.try_get("request_hash").doing(doing)?,
                model: row.try_get("model").doing(doing)?,
                purpose: row.try_get("purpose").doing(doing)?,
                prompt: row.try_get("prompt").doing(doing)?,
                answer: row.try_get("answer").doing(doing)?,
                input_tokens: row.try_get("input_tokens").doing(doing)?,
                output_tokens: row.try_get("output_tokens").doing(doing)?,
            })
        })
        .transpose()
    }

    /// Keeps an answer; the first one to a question stays.
    ///
    /// It belongs to no job's transaction: what was paid for is kept, whatever becomes of the run.
    pub async fn keep_model_answer(&self, project_id: &str, call: &ModelCall) -> StorageResult<()> {
        query(
            "INSERT INTO model_calls (project_id, request_hash, model, purpose, prompt, answer, input_tokens, output_tokens, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, {now})
             ON CONFLICT (project_id, request_hash) DO NOTHING",
        )
        .bind(project_id)
        .bind(&call.request_hash)
        .bind(&call.model)
        .bind(&call.purpose)
        .bind(&call.prompt)
        .bind(&call.answer)
        .bind(call.input_tokens)
        .bind(call.output_tokens)
        .execute(&self.write)
        .await
        .doing("keep a model's answer")?;
        Ok(())
    }

    /// Forgets a project's answers, which quote its files.
    pub async fn forget_model_answers(&self, project_id: &str) -> StorageResult<()> {
        query("DELETE FROM model_calls WHERE project_id = $1")
            .bind(project_id)
            .execute(&self.write)
            .await
            .doing("forget a model's answers")?;
        Ok(())
    }
}
