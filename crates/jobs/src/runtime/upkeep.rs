//! What a process does beside running jobs: keeps its lease, brings back jobs of the dead, repairs the lists.
//!
//! Any number of processes do this side by side; each step is atomic in the store or harmless when repeated.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Outage, Runtime};
use crate::dispatch::Dispatch;
use crate::state::JobState;
use crate::store::{Claim, End, JobStore, StoreResult, WorkerInfo};

/// Jobs announced again in one round.
const REPAIR_MAX: usize = 20_000;
/// Every so many sweeps everything ready is announced again, however many are listed.
const FULL_REPAIR: u32 = 30;

impl<S: JobStore, D: Dispatch + ?Sized> Runtime<S, D> {
    /// Keeps this process's lease and looks after the queues until `shutdown`. One task per process.
    pub async fn attend(self: Arc<Self>, shutdown: CancellationToken) {
        self.attended.store(true, Ordering::SeqCst);
        let rounds = async { tokio::join!(self.keep_lease(), self.maintain(), self.repair()) };
        // A round that hangs may not hold up the end: the lease would run out before it is given back.
        tokio::select! {
            biased;
            () = shutdown.cancelled() => {}
            _ = rounds => {}
        }
    }

    async fn keep_lease(&self) {
        let mut outage = Outage::default();
        loop {
            let asked = self.lease.now();
            // A call that hangs may not cost the lease: there is time for another.
            let mut pause = self.settings.lease_renewal / 3;
            match tokio::time::timeout(self.settings.lease / 4, self.renew()).await {
                Ok(Ok(())) => {
                    self.lease.renewed(asked);
                    pause = self.settings.lease_renewal;
                    outage.over("the lease is kept again");
                }
                Ok(Err(error)) => outage.say("lease not renewed", &error),
                Err(_) => {
                    // It has waited long enough.
                    pause = Duration::ZERO;
                    outage.say("lease not renewed", &"the store does not answer");
                }
            }
            if self.lease.expire() {
                self.observer.lease_lost();
                tracing::warn!(worker = %self.worker, "the lease is lost; what ran here may run elsewhere");
            }
            let pause = pause.min(self.lease.left()).max(self.settings.lease_renewal / 10);
            tokio::time::sleep(pause).await;
        }
    }

    /// Renews the lease; without one to lose, the process says who it is.
    async fn renew(&self) -> StoreResult<()> {
        if self.lease.attempts().is_some() {
            return self.store.renew_lease(self.worker, self.settings.lease).await;
        }
        self.register().await
    }

    /// Says who this process is and what it works on.
    pub(super) async fn register(&self) -> StoreResult<()> {
        let working = self.working.load(Ordering::SeqCst);
        let info = WorkerInfo {
            id: self.worker,
            host: self.settings.host.clone(),
            pid: std::process::id(),
            queues: if working { self.settings.queues.clone() } else { Vec::new() },
        };
        self.store.register_worker(info, self.settings.lease).await
    }

    /// Rescues jobs of dead workers, fails orphans, forgets old rows.
    async fn maintain(&self) {
        let mut outage = Outage::default();
        let mut strays = BTreeSet::new();
        loop {
            tokio::time::sleep(self.settings.maintenance).await;
            match tokio::time::timeout(self.settings.lease / 2, self.release_strays(&mut strays)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(%error, "claims not compared"),
                Err(_) => tracing::debug!("claims not compared: the store does not answer"),
            }
            // After an outage of the store everybody gets a full lease to come back before anybody is declared
            // dead. A process that lost its own lease, or has just started, cannot tell whether there was one.
            if self.lease.held_for() < self.settings.lease {
                continue;
            }
            // A round that hangs through an outage must not be what runs first when it is over: it is given up
            // while every lease that was good when it began still is.
            match tokio::time::timeout(self.settings.lease / 2, self.maintain_once()).await {
                Ok(Ok(())) => outage.over("maintenance goes on"),
                Ok(Err(error)) => outage.say("maintenance failed", &error),
                Err(_) => outage.say("maintenance failed", &"the store does not answer"),
            }
        }
    }

    /// Gives back claims of this worker that nobody here holds: the answer to the claim, or the end of the attempt,
    /// was lost on its way. Nobody else may, while this worker lives. A claim must be found in two rounds, since the
    /// answer to a young one may still come.
    async fn release_strays(&self, seen: &mut BTreeSet<Claim>) -> StoreResult<()> {
        let claims = self.store.claims(self.worker).await?;
        let held = self.held().clone();
        let (old, young): (Vec<Claim>, Vec<Claim>) =
            claims.into_iter().filter(|claim| !held.contains(claim)).partition(|claim| seen.contains(claim));
        *seen = young.into_iter().chain(old.iter().copied()).collect();
        if old.is_empty() {
            return Ok(());
        }
        let ends = old.into_iter().map(|claim| (claim, End::Interrupted)).collect();
        for job in self.store.finish_batch(ends).await.into_iter().flatten() {
            tracing::warn!(job = %job.id, kind = job.kind, "a claim that nobody held was given back");
            self.dispatch.settle(&[job]).await;
        }
        Ok(())
    }

    /// One round of maintenance.
    pub async fn maintain_once(&self) -> StoreResult<()> {
        let mut moved = Vec::new();
        for id in self.store.rescue().await? {
            if let Some(job) = self.store.fetch(id).await? {
                tracing::warn!(job = %job.id, kind = job.kind, crashes = job.crashes, state = job.state.as_str(), "the worker of this job died");
                moved.push(job);
            }
        }
        if !moved.is_empty() {
            self.dispatch.settle(&moved).await;
            moved.retain(|job| job.state == JobState::Queued);
            self.observer.rescued(moved.len() as u64);
            // The sweep finds what could not be announced.
            if let Err(error) = self.dispatch.announce(&moved).await {
                tracing::debug!(%error, "rescued jobs not announced");
            }
        }
        self.store.fail_orphans().await?;
        self.store.prune(self.settings.result_ttl, self.settings.failure_ttl).await?;
        Ok(())
    }

    /// Announces rows that are ready and not listed: after a lost list, a lost push, or when their time has come.
    async fn repair(&self) {
        let mut outage = Outage::default();
        let mut round = 0_u32;
        loop {
            tokio::time::sleep(self.settings.sweep).await;
            round = round.wrapping_add(1);
            self.look_for_pauses().await;
            match self.repair_once(round.is_multiple_of(FULL_REPAIR)).await {
                Ok(()) => outage.over("the lists are kept again"),
                Err(error) => outage.say("the lists were not repaired", &error),
            }
        }
    }

    /// Looks which queues are paused. Claims refuse their jobs anyway; this leaves them in the dispatcher's lists.
    async fn look_for_pauses(&self) {
        let mut open = Vec::with_capacity(self.settings.queues.len());
        for queue in &self.settings.queues {
            match self.store.queue_paused(queue).await {
                Ok(true) => {}
                Ok(false) => open.push(queue.clone()),
                // What was known stays true until the store says otherwise.
                Err(_) => return,
            }
        }
        self.set_open(open);
    }

    /// Compares the lists with the rows, queue by queue; with `full` everything ready is announced.
    pub async fn repair_once(&self, full: bool) -> Result<(), String> {
        for queue in &self.settings.queues {
            let Some(listed) = self.dispatch.listed(queue).await.map_err(|e| e.to_string())? else { return Ok(()) };
            let ready = self.store.ready_count(queue).await.map_err(|e| e.to_string())?;
            if ready == 0 || (listed >= ready && !full) {
                continue;
            }
            let jobs = self.store.ready(std::slice::from_ref(queue), REPAIR_MAX).await.map_err(|e| e.to_string())?;
            self.dispatch.announce(&jobs).await.map_err(|e| e.to_string())?;
        }
        Ok(())
    }
}
