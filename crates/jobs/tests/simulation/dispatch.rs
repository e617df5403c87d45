//! A dispatcher with lists, as Redis has: it loses, repeats and reorders, and offers what is taken is out of its lists.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bidlens_jobs::dispatch::{Arguments, Dispatch, DispatchError, Stranger, Taken};
use bidlens_jobs::{Job, JobId, JobState};
use tokio::time::{Instant, sleep};

use crate::world::{Inner, Side, World, ms, name, now};

/// Offers of one job in one second.
const OFFERS_MAX: u32 = 50;

pub(crate) struct ListDispatch {
    pub(crate) world: Arc<World>,
    pub(crate) process: usize,
}

impl ListDispatch {
    async fn call<T: Send + 'static>(
        &self,
        operation: &'static str,
        effect: impl FnOnce(&mut Inner) -> T + Send + 'static,
    ) -> Result<T, DispatchError> {
        let answer = self.world.call(self.process, Side::Dispatch, operation, |world| effect(&mut world.lock())).await;
        answer.map_err(|trouble| DispatchError { doing: operation, reason: trouble.to_string() })
    }
}

fn push(inner: &mut Inner, queue: &str, id: JobId, is_first: bool) {
    let profile = inner.profile;
    if !inner.is_calm && inner.chance.of_thousand(profile.push_lost) {
        inner.note(format!("the push of {} is lost", name(id)));
        inner.lost.insert(id);
        return;
    }
    let repeats = !inner.is_calm && inner.chance.of_thousand(profile.push_repeated);
    let is_first = is_first || (!inner.is_calm && inner.chance.of_thousand(profile.push_in_front));
    let list = inner.lists.entry(queue.to_owned()).or_default();
    if list.contains(&id) && !repeats {
        return;
    }
    if is_first {
        list.push_front(id);
    } else {
        list.push_back(id);
    }
}

#[async_trait]
impl Dispatch for ListDispatch {
    async fn announce(&self, jobs: &[Job]) -> Result<(), DispatchError> {
        let jobs: Vec<(String, JobId)> = jobs.iter().map(|job| (job.queue.clone(), job.id)).collect();
        self.call("announce", move |inner| jobs.iter().for_each(|(queue, id)| push(inner, queue, *id, false))).await
    }

    async fn take(&self, queues: &[String], limit: usize) -> Result<Taken, DispatchError> {
        let (queues, process) = (queues.to_vec(), self.process);
        let take = self.call("take", move |inner| {
            let mut offers = Vec::new();
            let Inner { lists, origins, lost, .. } = inner;
            if let Some(queue) = queues.iter().find(|q| lists.get(*q).is_some_and(|l| !l.is_empty())) {
                let list = lists.entry(queue.clone()).or_default();
                while offers.len() < limit
                    && let Some(id) = list.pop_front()
                {
                    origins.insert(id, (queue.clone(), process));
                    // Until the answer is there.
                    lost.insert(id);
                    offers.push(id);
                }
            }
            offers
        });
        let offers = take.await?;
        let mut inner = self.world.lock();
        for id in &offers {
            inner.lost.remove(id);
            let second = now().as_secs();
            let offered = inner.offered.entry(*id).or_default();
            *offered = if offered.0 == second { (second, offered.1 + 1) } else { (second, 1) };
            if offered.1 > OFFERS_MAX {
                let what = format!("{} is offered again and again", name(*id));
                inner.violation.get_or_insert(what);
            }
        }
        Ok(Taken::Offers(offers))
    }

    async fn wait(&self, queues: &[String], patience: Duration) {
        let until = Instant::now() + patience;
        while Instant::now() < until {
            let pause = {
                let mut inner = self.world.lock();
                if queues.iter().any(|queue| inner.lists.get(queue).is_some_and(|list| !list.is_empty())) {
                    return;
                }
                ms(inner.chance.between(10, 300))
            };
            sleep(pause.min(until - Instant::now())).await;
        }
    }

    async fn settle(&self, jobs: &[Job]) {
        let due: Vec<(String, JobId)> =
            jobs.iter().filter(|job| job.state == JobState::Queued).map(|job| (job.queue.clone(), job.id)).collect();
        // What is not told is found by the sweep.
        let _ =
            self.call("settle", move |inner| due.iter().for_each(|(queue, id)| push(inner, queue, *id, true))).await;
    }

    async fn put_off(&self, _jobs: &[Job]) {
        // Out of the lists until the sweep finds that they are ready.
    }

    async fn give_back(&self, jobs: &[JobId]) {
        let given = jobs.to_vec();
        let answer = self.call("give_back", move |inner| {
            for id in given {
                if let Some((queue, _)) = inner.origins.get(&id).cloned() {
                    push(inner, &queue, id, true);
                }
            }
        });
        if answer.await.is_err() {
            self.world.lock().lost.extend(jobs);
        }
    }

    async fn stranger(&self, job: JobId) -> Option<Stranger> {
        let queue = self.world.lock().strangers.get(&job).cloned()?;
        Some(Stranger {
            id: job,
            outside_id: name(job),
            queue,
            function: "planned".to_owned(),
            arguments: Ok(Arguments::default()),
            timeout: None,
            keep: serde_json::Map::new(),
        })
    }

    async fn refuse(&self, job: JobId, reason: &str) {
        self.world.note(format!("{} is refused: {reason}", name(job)));
        if self.world.lock().strangers.contains_key(&job) {
            self.world.violated(format!("{} came from outside and was refused", name(job)));
        }
    }

    async fn listed(&self, queue: &str) -> Result<Option<u64>, DispatchError> {
        let queue = queue.to_owned();
        self.call("listed", move |inner| Some(inner.lists.get(&queue).map_or(0, VecDeque::len) as u64)).await
    }
}
