//! What every route has at hand.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bidlens_app::App;

#[derive(Debug, Clone)]
pub(crate) struct ApiState {
    pub(crate) app: App,
    logins: Arc<Mutex<HashMap<String, (u32, Instant)>>>,
}

/// Failed logins of one name before it has to wait.
const FAILURES_MAX: u32 = 8;
const WINDOW: Duration = Duration::from_secs(60);
const NAMES_MAX: usize = 10_000;

impl ApiState {
    pub(crate) fn new(app: App) -> ApiState {
        ApiState { app, logins: Arc::default() }
    }

    /// Whether this name may try to log in now.
    pub(crate) fn may_log_in(&self, name: &str) -> bool {
        let logins = self.logins.lock().unwrap_or_else(PoisonError::into_inner);
        logins.get(name).is_none_or(|(failures, since)| *failures < FAILURES_MAX || since.elapsed() > WINDOW)
    }

    pub(crate) fn login_failed(&self, name: &str) {
        let mut logins = self.logins.lock().unwrap_or_else(PoisonError::into_inner);
        if logins.len() >= NAMES_MAX {
            logins.retain(|_, (_, since)| since.elapsed() <= WINDOW);
        }
        let entry = logins.entry(name.to_owned()).or_insert((0, Instant::now()));
        if entry.1.elapsed() > WINDOW {
            *entry = (0, Instant::now());
        }
        entry.0 += 1;
    }
}
