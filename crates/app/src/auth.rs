//! Users, passwords and tokens.
//!
//! Passwords are hashed with argon2id off the async threads, two at a time; tokens are 32 random bytes of which
//! only the SHA-256 is kept.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use bidlens_storage::{User, UserOverview};
use rand::RngExt;
use sha2::{Digest, Sha256};

use crate::App;
use crate::error::{AppError, Fault};

/// How long a login lasts.
const SESSION_S: i64 = 12 * 3600;
const PASSWORD_CHARS_MIN: usize = 8;

/// A fresh login.
#[derive(Debug, Clone)]
pub struct Session {
    pub token: String,
    pub expires_in_s: i64,
    pub user: User,
}

/// The first user, when this start created it.
#[derive(Debug, Clone)]
pub struct FirstAdmin {
    pub username: String,
    /// Set when it was generated and must be told once.
    pub generated_password: Option<String>,
}

impl App {
    /// Creates the first user of an empty installation.
    pub async fn ensure_admin(&self, username: &str, password: Option<&str>) -> Result<Option<FirstAdmin>, AppError> {
        if self.inner.db.count_users().await? > 0 {
            return Ok(None);
        }
        let generated = password.is_none().then(random_word);
        let password = password.map(str::to_owned).or_else(|| generated.clone()).unwrap_or_default();
        self.add_user(username, &password, true).await?;
        Ok(Some(FirstAdmin { username: username.to_owned(), generated_password: generated }))
    }

    pub async fn add_user(&self, username: &str, password: &str, is_admin: bool) -> Result<User, AppError> {
        let username = username.trim();
        if username.is_empty() || username.chars().count() > 64 || username.chars().any(char::is_control) {
            return Err(AppError::invalid("bad_username", "a user name has 1 to 64 printable characters"));
        }
        let hash = self.hash_password(password).await?;
        let id = uuid::Uuid::now_v7().to_string();
        Ok(self.inner.db.add_user(&id, username, &hash, is_admin).await?)
    }

    /// Changes a password and ends the user's sessions.
    pub async fn set_password(&self, username: &str, password: &str) -> Result<(), AppError> {
        let hash = self.hash_password(password).await?;
        if self.inner.db.set_password(username, &hash).await? { Ok(()) } else { Err(AppError::not_found("user")) }
    }

    /// Changes one's own password, which one must know; every session ends, and a new one begins.
    pub async fn change_password(&self, user: &User, current: &str, new: &str) -> Result<Session, AppError> {
        self.check_password(&user.username, current)
            .await?
            .ok_or_else(|| AppError::invalid("wrong_password", "the current password is wrong; nothing was changed"))?;
        self.set_password(&user.username, new).await?;
        self.open_session(user.clone(), "login", SESSION_S).await
    }

    /// Every user, by name; for administrators.
    pub async fn users(&self) -> Result<Vec<UserOverview>, AppError> {
        Ok(self.inner.db.users().await?)
    }

    /// Gives a user a new password, which is told once; their sessions end.
    pub async fn reset_password(&self, user_id: &str) -> Result<String, AppError> {
        let username = self.username(user_id).await?;
        let password = random_word();
        self.set_password(&username, &password).await?;
        Ok(password)
    }

    /// Lets a user see clues across bids, or no longer.
    pub async fn allow_clues(&self, username: &str, allowed: bool) -> Result<(), AppError> {
        if self.inner.db.set_can_see_clues(username, allowed).await? {
            Ok(())
        } else {
            Err(AppError::not_found("user"))
        }
    }

    /// The same by the user's id.
    pub async fn allow_clues_by_id(&self, user_id: &str, allowed: bool) -> Result<(), AppError> {
        let username = self.username(user_id).await?;
        self.allow_clues(&username, allowed).await
    }

    /// Ends a user's sessions and tokens.
    pub async fn end_sessions(&self, user_id: &str) -> Result<(), AppError> {
        self.username(user_id).await?;
        Ok(self.inner.db.end_sessions(user_id).await?)
    }

    async fn username(&self, user_id: &str) -> Result<String, AppError> {
        let users = self.users().await?;
        let known = users.into_iter().find(|known| known.user.id == user_id);
        known.map(|known| known.user.username).ok_or_else(|| AppError::not_found("user"))
    }

    pub async fn login(&self, username: &str, password: &str) -> Result<Session, AppError> {
        match self.check_password(username, password).await? {
            Some(user) => self.open_session(user, "login", SESSION_S).await,
            None => Err(AppError::new(Fault::Identity, "bad_credentials", "the user name or the password is wrong")),
        }
    }

    /// The user, when the password is theirs.
    async fn check_password(&self, username: &str, password: &str) -> Result<Option<User>, AppError> {
        let known = self.inner.db.user_by_name(username).await?;
        // A name nobody has costs the same time as a wrong password.
        let hash = known.as_ref().map_or_else(decoy_hash, |u| u.password_hash.clone());
        let right = self.verify_password(password, hash).await?;
        Ok(known.filter(|_| right).map(|known| known.user))
    }

    /// Makes a token for a user by name, for scripts.
    pub async fn make_token(&self, username: &str, days: u32) -> Result<Session, AppError> {
        let known = self.inner.db.user_by_name(username).await?.ok_or_else(|| AppError::not_found("user"))?;
        self.open_session(known.user, "token", i64::from(days.clamp(1, 3_650)) * 86_400).await
    }

    async fn open_session(&self, user: User, label: &str, lifetime_s: i64) -> Result<Session, AppError> {
        let token = format!("bl_{}", random_hex());
        self.inner.db.add_token(&token_hash(&token), &user.id, label, lifetime_s).await?;
        Ok(Session { token, expires_in_s: lifetime_s, user })
    }

    /// The user behind a token; a project that is named must be theirs.
    pub async fn authenticate(&self, token: &str, project_id: Option<&str>) -> Result<User, AppError> {
        match self.inner.db.user_by_token(&token_hash(token), project_id).await? {
            Some((user, true)) => Ok(user),
            Some((_, false)) => Err(AppError::not_found("project")),
            None => Err(AppError::new(
                Fault::Identity,
                "bad_token",
                "the token is unknown, revoked or has expired; log in again",
            )),
        }
    }

    pub async fn logout(&self, token: &str) -> Result<(), AppError> {
        Ok(self.inner.db.revoke_token(&token_hash(token)).await?)
    }

    async fn hash_password(&self, password: &str) -> Result<String, AppError> {
        if password.chars().count() < PASSWORD_CHARS_MIN || password.len() > 1_024 {
            return Err(AppError::invalid(
                "bad_password",
                format!("a password has at least {PASSWORD_CHARS_MIN} characters"),
            ));
        }
        let password = password.to_owned();
        self.hashing(move || {
            Argon2::default()
                .hash_password(password.as_bytes())
                .map(|h| h.to_string())
                .map_err(|e| AppError::outside("hash a password", e))
        })
        .await
    }

    async fn verify_password(&self, password: &str, hash: String) -> Result<bool, AppError> {
        let password: String = password.chars().take(1_024).collect();
        self.hashing(move || {
            let hash = PasswordHash::new(&hash).map_err(|e| AppError::outside("read a password hash", e))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let _slot = self.inner.hashing.acquire().await.map_err(|e| AppError::outside("hash a password", e))?;
        tokio::task::spawn_blocking(work).await.map_err(|e| AppError::outside("hash a password", e))?
    }
}

fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn random_hex() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill(&mut bytes);
    hex(&bytes)
}

/// A password that can be typed.
fn random_word() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    (0..16).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A well-formed hash of a password nobody knows.
fn decoy_hash() -> String {
    static DECOY: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        Argon2::default().hash_password(random_hex().as_bytes()).map(|h| h.to_string()).unwrap_or_default()
    });
    DECOY.clone()
}
