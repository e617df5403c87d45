//! Generates the outline of the bid, and attaches the tender's own forms to it.

use async_trait::async_trait;
use bidlens_domain::document::Document;
use bidlens_domain::evidence::Evidence;
use bidlens_domain::finding::stable_id;
use bidlens_domain::fold::folded;
use bidlens_jobs::{Handler, Job, JobContext, Outcome};
use bidlens_review::outline::{self, OutlineNode};
use bidlens_storage::{Access, AssetKind, Db, ResultKind, Tx};
use serde_json::{Value, json};

use super::extract::{settled, tender};
use super::{Stop, ended, unless_stopped, word};
use crate::directory::{DirectoryBody, DirectoryNode};

pub(crate) struct GenerateDirectory {
    pub(crate) db: Db,
}

/// Titles without a form that the summary names.
const NAMED_MAX: usize = 50;

impl GenerateDirectory {
    async fn generate(&self, job: &Job, context: &JobContext<Db>) -> Result<(Tx, Value), Stop> {
        let (project_id, run_id) = (word(job, "project_id")?, word(job, "run_id")?);
        let fill = job.payload.get("fill_samples").and_then(Value::as_bool).unwrap_or(false);
        settled(&self.db, job, project_id, &[AssetKind::Tender], context).await?;
        context.progress("reading", 10, "").await;
        let documents = tender(&self.db, project_id).await?;
        context.progress("extracting", 40, "").await;
        let asked = unless_stopped(context, outline_of(documents)).await?;
        let nodes = if fill {
            let stored = self.db.result::<Vec<DirectoryNode>>(&Access::All, project_id, ResultKind::Directory).await?;
            let mut nodes = stored.map(|row| row.content).filter(|n| !n.is_empty()).unwrap_or_else(|| nodes(&asked));
            attach_forms(&mut nodes, &asked);
            nodes
        } else {
            nodes(&asked)
        };
        context.progress("storing", 90, "").await;
        let mut tx = context.begin().await?;
        self.db.put_result(&mut tx, project_id, ResultKind::Directory, "", run_id, &nodes).await?;
        let without: Vec<&str> =
            nodes.iter().filter(|n| n.body.is_none()).map(|n| n.title.as_str()).take(NAMED_MAX).collect();
        let filled = nodes.iter().filter(|n| n.body.is_some()).count();
        Ok((tx, json!({"nodes": nodes.len(), "filled": filled, "without_form": without})))
    }
}

async fn outline_of(documents: Vec<Document>) -> Result<Vec<OutlineNode>, Stop> {
    Ok(tokio::task::spawn_blocking(move || outline::directory(&documents)).await?)
}

fn nodes(asked: &[OutlineNode]) -> Vec<DirectoryNode> {
    let mut nodes: Vec<DirectoryNode> = Vec::new();
    // The ids of the nodes around the current one, with their levels.
    let mut around: Vec<(u32, String)> = Vec::new();
    for (at, one) in asked.iter().enumerate() {
        around.retain(|(level, _)| *level < one.level);
        let order_no = at + 1;
        let id = stable_id(&[&order_no.to_string(), &one.numbering, &one.title]);
        nodes.push(DirectoryNode {
            id: id.clone(),
            parent_id: around.last().map(|(_, id)| id.clone()),
            order_no,
            numbering: one.numbering.clone(),
            level: u32::try_from(around.len()).unwrap_or(0) + 1,
            title: one.title.clone(),
            required: one.required,
            source: "tender".to_owned(),
            notes: one.notes.clone(),
            volume: one.volume.clone(),
            evidence_chunk_ids: ids(&one.evidence),
            body: None,
        });
        around.push((one.level, id));
    }
    nodes
}

/// Each node gets the form that stands under the same title, each form once.
fn attach_forms(nodes: &mut [DirectoryNode], asked: &[OutlineNode]) {
    let plain = |title: &str| folded(title).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let mut forms: Vec<(String, DirectoryBody)> = asked
        .iter()
        .filter_map(|one| {
            let form = one.form.as_ref()?;
            Some((
                plain(&one.title),
                DirectoryBody { text: form.text.clone(), evidence_chunk_ids: ids(&form.evidence) },
            ))
        })
        .collect();
    for node in nodes.iter_mut().filter(|n| n.body.is_none()) {
        let title = plain(&node.title);
        if let Some(at) = forms.iter().position(|(known, _)| *known == title) {
            node.body = Some(forms.remove(at).1);
        }
    }
}

fn ids(evidence: &[Evidence]) -> Vec<String> {
    let mut ids: Vec<String> = evidence.iter().map(|e| e.segment().as_str().to_owned()).collect();
    ids.dedup();
    ids
}

#[async_trait]
impl Handler<Db> for GenerateDirectory {
    async fn run(&self, job: &Job, context: &JobContext<Db>) -> Outcome<Tx> {
        ended(self.generate(job, context).await)
    }
}
