//! Requests under a key of the client's: each is answered once, and repeated from memory.
//!
//! A key that is reserved and never answered would refuse its request for a day, so a reservation is given back
//! whatever happens: by the process that made it, which asks until the database has answered, or, when that
//! process dies, by whoever asks next.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use bidlens_storage::{Remembered, StoredAnswer, User};

use crate::App;
use crate::error::AppError;

/// Between two tries to free a key.
const PAUSE: Duration = Duration::from_millis(500);

/// The user and their key.
pub(crate) type Key = (String, String);

/// What is known of a key.
#[derive(Debug)]
pub enum Reserved {
    /// Never seen; whoever holds the reservation answers it.
    New(Reservation),
    /// The first request with it is still being answered.
    InProgress,
    /// It was used for another request.
    OtherRequest,
    Answered(StoredAnswer),
}

/// The right to answer under a key. Dropped, it frees the key, however long that takes.
#[derive(Debug)]
pub struct Reservation {
    app: App,
    key: Key,
    /// Nothing is left to do for the key.
    settled: bool,
}

impl App {
    /// Looks the key up, and reserves it when it is new. `request` is a digest of method, path and body.
    pub async fn reserve(&self, user: &User, key: &str, request: &str) -> Result<Reserved, AppError> {
        let key = (user.id.clone(), key.to_owned());
        {
            let mut open = self.reservations();
            if let Some(known) = open.get(&key) {
                return Ok(if known == request { Reserved::InProgress } else { Reserved::OtherRequest });
            }
            open.insert(key.clone(), request.to_owned());
        }
        // From here on the key is freed also when the database answers with an error: it may have reserved it.
        let mut reservation = Reservation { app: self.clone(), key, settled: false };
        let (user_id, key) = &reservation.key;
        let holder = self.inner.runtime.worker();
        let known = match self.inner.db.remember(user_id, key, request, holder).await? {
            Remembered::New => return Ok(Reserved::New(reservation)),
            Remembered::InProgress => Reserved::InProgress,
            Remembered::OtherRequest => Reserved::OtherRequest,
            Remembered::Answered(answer) => Reserved::Answered(answer),
        };
        reservation.forget();
        Ok(known)
    }

    fn reservations(&self) -> MutexGuard<'_, HashMap<Key, String>> {
        self.inner.reservations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Stores the answer that the same request gets from now on.
    pub async fn answer(mut self, answer: &StoredAnswer) -> Result<(), AppError> {
        let (user_id, key) = &self.key;
        self.app.inner.db.answer(user_id, key, answer).await?;
        self.forget();
        Ok(())
    }

    /// Gives the key back before its request hears that it failed, when the database answers now.
    pub async fn free(mut self) {
        let (user_id, key) = &self.key;
        if self.app.inner.db.free(user_id, key, self.app.inner.runtime.worker()).await.is_ok() {
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.settled = true;
        self.app.reservations().remove(&self.key);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        let (app, key) = (self.app.clone(), self.key.clone());
        self.app.inner.tasks.spawn(async move {
            let holder = app.inner.runtime.worker();
            while let Err(error) = app.inner.db.free(&key.0, &key.1, holder).await {
                tracing::debug!(%error, "an unanswered idempotency key is not freed yet");
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    // Whoever asks next finds that its holder is gone.
                    () = app.inner.shutdown.cancelled() => break,
                }
            }
            app.reservations().remove(&key);
        });
    }
}
