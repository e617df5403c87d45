//! The models that can be asked for, and the ledger between them and the runs.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use bidlens_clients::model::{ModelServer, ModelSettings};
use bidlens_review::model::{Model as LanguageModel, ModelError, Question, Reply, Tally};
use bidlens_storage::{Db, ModelCall};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::App;
use crate::error::AppError;
use crate::metrics::Metrics;

/// The model that is code alone and always there.
pub const BUILTIN: &str = "builtin";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub id: String,
    pub name: String,
    pub is_default: bool,
}

/// The models of an installation.
#[derive(Debug, Clone, Default)]
pub struct Models {
    server: Option<Arc<ModelServer>>,
}

/// There is no model of this name.
#[derive(Debug, thiserror::Error)]
#[error("model `{0}` is not known; GET /api/llms or `bidlens models` lists the models")]
pub struct UnknownModel(pub String);

impl Models {
    pub fn new(settings: Option<&ModelSettings>) -> Result<Models, ModelError> {
        Ok(Models { server: settings.cloned().map(ModelServer::new).transpose()?.map(Arc::new) })
    }

    /// All of them, `builtin` first.
    pub fn list(&self) -> Vec<Model> {
        let builtin = Model {
            id: BUILTIN.to_owned(),
            name: "内置模型 (built-in, no network)".to_owned(),
            is_default: self.server.is_none(),
        };
        let server = self.server.iter().map(|server| Model {
            id: server.model().to_owned(),
            name: server.model().to_owned(),
            is_default: true,
        });
        std::iter::once(builtin).chain(server).collect()
    }

    /// The model of a name; without a name the configured one. `None` is the built-in one.
    pub fn find(&self, id: Option<&str>) -> Result<Option<Arc<ModelServer>>, UnknownModel> {
        match (id, &self.server) {
            (Some(BUILTIN), _) | (None | Some(""), None) => Ok(None),
            (None | Some(""), Some(server)) => Ok(Some(Arc::clone(server))),
            (Some(id), Some(server)) if server.model() == id => Ok(Some(Arc::clone(server))),
            (Some(id), _) => Err(UnknownModel(id.to_owned())),
        }
    }
}

impl App {
    /// `builtin` first: code alone, always there.
    pub fn models(&self) -> Vec<Model> {
        self.inner.models.list()
    }

    /// The server behind a model's id; `None` for the built-in one.
    pub fn model(&self, id: &str) -> Result<Option<Arc<ModelServer>>, AppError> {
        self.inner.models.find(Some(id)).map_err(|_| AppError::not_found("model"))
    }

    /// The name of the model that a request asks for; an unknown one is refused.
    pub(crate) fn model_name(&self, id: Option<&str>) -> Result<Option<String>, AppError> {
        let found = self.inner.models.find(id).map_err(|e| AppError::invalid("unknown_model", e.to_string()))?;
        Ok(found.map(|server| server.model().to_owned()).or(id.map(str::to_owned)))
    }
}

/// A model as one project's runs ask it: what was answered before is answered from the ledger.
pub(crate) struct ProjectModel {
    pub(crate) server: Arc<ModelServer>,
    pub(crate) db: Db,
    pub(crate) project_id: String,
    pub(crate) metrics: Arc<Metrics>,
}

#[async_trait]
impl LanguageModel for ProjectModel {
    async fn ask(&self, question: &Question) -> Result<Reply, ModelError> {
        let hash = hash(self.server.model(), question);
        // A ledger that cannot be read only costs the price of the call.
        match self.db.model_answer(&self.project_id, &hash).await {
            Ok(Some(call)) => {
                return Ok(Reply { text: call.answer, input_tokens: 0, output_tokens: 0, replayed: true });
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the ledger of model calls could not be read"),
        }
        let begin = Instant::now();
        let answered = self.server.ask(question).await;
        self.metrics.model_called(self.server.model(), answered.is_ok(), begin.elapsed());
        answered
    }

    async fn keep(&self, question: &Question, reply: &Reply) {
        if reply.replayed {
            return;
        }
        let count = |tokens: u64| i64::try_from(tokens).unwrap_or(i64::MAX);
        let call = ModelCall {
            request_hash: hash(self.server.model(), question),
            model: self.server.model().to_owned(),
            purpose: question.purpose.as_str().to_owned(),
            prompt: question.prompt.to_owned(),
            answer: reply.text.clone(),
            input_tokens: count(reply.input_tokens),
            output_tokens: count(reply.output_tokens),
        };
        if let Err(error) = self.db.keep_model_answer(&self.project_id, &call).await {
            tracing::warn!(%error, "a model's answer was not kept; it will be asked for again");
        }
    }
}

/// One word for everything a model is sent.
fn hash(model: &str, question: &Question) -> String {
    let mut hash = Sha256::new();
    let refused = question.refused.as_ref().map_or(String::new(), |r| format!("{}\u{0}{}", r.answer, r.reason));
    let schema = question.schema.to_string();
    for part in [model, question.prompt, &question.system, &question.user, &schema, &refused] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// What asking came to, for a run's result and for people: calls, tokens, and money where prices are set.
pub fn model_use(server: &ModelServer, tally: &Tally) -> Value {
    let mut used = json!({"id": server.model()});
    if let (Some(used), Ok(Value::Object(counts))) = (used.as_object_mut(), serde_json::to_value(tally)) {
        used.extend(counts);
    }
    if let Some(prices) = server.prices() {
        used["cost"] = json!(prices.of(tally.input_tokens, tally.output_tokens));
    }
    used
}
