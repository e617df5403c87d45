//! A worker process's right to run jobs: renewed every few seconds, given up in time.
//!
//! Others may take this worker's jobs once its lease is over by the store's clock. So the worker measures from
//! before it asked, counts the time the machine slept, and stops its attempts itself when a lease is over.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A point in time of a clock that goes on while the machine is suspended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// Stands still during a suspend, but tests can move it.
    awake: Instant,
    boot: Duration,
}

/// Time since the machine was started, sleep included.
pub(super) type BootClock = fn() -> Duration;

pub(super) fn since_boot() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[derive(Debug)]
enum State {
    Never,
    /// Renewed at `since`, without a long gap since `first`.
    Held {
        first: Moment,
        since: Moment,
        attempts: CancellationToken,
    },
    Lost,
}

/// Whether this process may run jobs now.
#[derive(Debug)]
pub(super) struct Lease {
    length: Duration,
    boot_clock: BootClock,
    state: Mutex<State>,
    changed: Notify,
}

impl Lease {
    pub(super) fn new(length: Duration, boot_clock: BootClock) -> Lease {
        Lease { length, boot_clock, state: Mutex::new(State::Never), changed: Notify::new() }
    }

    pub(super) fn now(&self) -> Moment {
        Moment { awake: Instant::now(), boot: (self.boot_clock)() }
    }

    fn since(&self, moment: &Moment) -> Duration {
        moment.awake.elapsed().max((self.boot_clock)().saturating_sub(moment.boot))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Attempts of this lease: cancelled when it is lost. `None` while there is none.
    pub(super) fn attempts(&self) -> Option<CancellationToken> {
        match &*self.state() {
            State::Held { since, attempts, .. } if self.since(since) < self.length => Some(attempts.clone()),
            State::Held { .. } | State::Never | State::Lost => None,
        }
    }

    /// A renewal that was asked for at `asked` has succeeded. Whatever ran under a lease that was over has ended.
    pub(super) fn renewed(&self, asked: Moment) {
        self.expire();
        let mut state = self.state();
        match &mut *state {
            State::Held { first, since, .. } => {
                if self.since(since) > self.gap_max() {
                    *first = asked;
                }
                *since = asked;
            }
            State::Never | State::Lost => {
                *state = State::Held { first: asked, since: asked, attempts: CancellationToken::new() };
                self.changed.notify_waiters();
            }
        }
    }

    /// Ends what runs when the lease is over; tells whether it just was lost.
    pub(super) fn expire(&self) -> bool {
        let mut state = self.state();
        let over = matches!(&*state, State::Held { since, .. } if self.since(since) >= self.length);
        if over && let State::Held { attempts, .. } = std::mem::replace(&mut *state, State::Lost) {
            attempts.cancel();
        }
        over
    }

    /// How long the lease still lasts; the whole length when there is none to lose.
    pub(super) fn left(&self) -> Duration {
        match &*self.state() {
            State::Held { since, .. } => self.length.saturating_sub(self.since(since)),
            State::Never | State::Lost => self.length,
        }
    }

    /// How long renewals may be apart without a sign of trouble. Had the store been away for longer, some lease
    /// that was older than this one could be over before its worker has found the store again.
    fn gap_max(&self) -> Duration {
        self.length.mul_f64(0.45)
    }

    /// For how long it has been held without a gap; nothing while one may be going on.
    pub(super) fn held_for(&self) -> Duration {
        match &*self.state() {
            State::Held { first, since, .. } if self.since(since) <= self.gap_max() => self.since(first),
            State::Held { .. } | State::Never | State::Lost => Duration::ZERO,
        }
    }

    /// Waits until a lease may be held.
    pub(super) async fn wait(&self) {
        let changed = self.changed.notified();
        if self.attempts().is_some() {
            return;
        }
        // A renewal that came in between was seen above; one that is missed costs this long.
        let _ = tokio::time::timeout(Duration::from_millis(200), changed).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_lease_ends_by_the_clock_and_what_ran_under_it_stays_ended() {
        let lease = Lease::new(Duration::from_secs(12), since_boot);
        assert!(lease.attempts().is_none());
        lease.renewed(lease.now());
        let attempts = lease.attempts().expect("held");
        tokio::time::advance(Duration::from_secs(11)).await;
        lease.renewed(lease.now());
        tokio::time::advance(Duration::from_secs(11)).await;
        assert!(!attempts.is_cancelled() && lease.attempts().is_some());
        // As after a pause of the process: the renewal comes too late for what ran.
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(lease.attempts().is_none());
        lease.renewed(lease.now());
        assert!(attempts.is_cancelled());
        assert!(lease.attempts().is_some_and(|new| !new.is_cancelled()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_gap_between_renewals_is_a_new_beginning() {
        let lease = Lease::new(Duration::from_secs(12), since_boot);
        for _ in 0..5 {
            lease.renewed(lease.now());
            tokio::time::advance(Duration::from_secs(4)).await;
        }
        assert_eq!(lease.held_for(), Duration::from_secs(20));
        tokio::time::advance(Duration::from_secs(4)).await;
        assert!(lease.attempts().is_some());
        assert_eq!(lease.held_for(), Duration::ZERO);
        lease.renewed(lease.now());
        tokio::time::advance(Duration::from_secs(4)).await;
        assert_eq!(lease.held_for(), Duration::from_secs(4));
    }
}
