//! Users and their tokens. Passwords and tokens are kept as hashes only.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::db::{Db, Doing, StorageError, StorageResult, at};
use crate::sql::{Row, query};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: String,
    pub username: String,
    pub is_admin: bool,
    /// Granted by itself; whoever looks after the installation may see clues without, see [`User::may_see_clues`].
    pub can_see_clues: bool,
    pub created_at: DateTime<Utc>,
}

impl User {
    /// Whether the user may see what the bids of their projects have in common.
    pub fn may_see_clues(&self) -> bool {
        self.is_admin || self.can_see_clues
    }
}

/// A user with what a password is checked against.
#[derive(Clone)]
pub struct UserWithHash {
    pub user: User,
    pub password_hash: String,
}

impl std::fmt::Debug for UserWithHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserWithHash").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A user as those see them who look after the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserOverview {
    pub user: User,
    /// Logins and tokens that are still good.
    pub sessions: u64,
    pub projects: u64,
}

fn user_of(row: &Row) -> Result<User, sqlx::Error> {
    Ok(User {
        id: row.try_get("id")?,
        username: row.try_get("username")?,
        is_admin: row.try_get::<i64, _>("is_admin")? != 0,
        can_see_clues: row.try_get::<i64, _>("can_see_clues")? != 0,
        created_at: at(row.try_get("created_at")?),
    })
}

impl Db {
    pub async fn count_users(&self) -> StorageResult<i64> {
        let row = query("SELECT COUNT(*) FROM users").fetch_one(&self.read).await.doing("count users")?;
        row.try_get(0).doing("count users")
    }

    /// Adds a user; [`StorageError::Taken`] when the name exists.
    pub async fn add_user(&self, id: &str, username: &str, password_hash: &str, is_admin: bool) -> StorageResult<User> {
        let row = query(
            "INSERT INTO users (id, username, password_hash, is_admin, created_at)
             VALUES ($1, $2, $3, $4, {now})
             ON CONFLICT (username) DO NOTHING RETURNING *",
        )
        .bind(id)
        .bind(username)
        .bind(password_hash)
        .bind(i64::from(is_admin))
        .fetch_optional(&self.write)
        .await
        .doing("add a user")?
        .ok_or(StorageError::Taken)?;
        user_of(&row).doing("read a user")
    }

    pub async fn user_by_name(&self, username: &str) -> StorageResult<Option<UserWithHash>> {
        let row = query("SELECT * FROM users WHERE username = $1")
            .bind(username)
            .fetch_optional(&self.read)
            .await
            .doing("find a user")?;
        row.map(|row| Ok(UserWithHash { user: user_of(&row)?, password_hash: row.try_get("password_hash")? }))
            .transpose()
            .doing("read a user")
    }

    /// Changes a password and ends all the user's sessions; false when there is no such user.
    pub async fn set_password(&self, username: &str, password_hash: &str) -> StorageResult<bool> {
        let mut tx = self.begin().await?;
        let changed = query("UPDATE users SET password_hash = $2 WHERE username = $1")
            .bind(username)
            .bind(password_hash)
            .execute(&mut tx)
            .await
            .doing("change a password")?;
        query("DELETE FROM tokens WHERE user_id = (SELECT id FROM users WHERE username = $1)")
            .bind(username)
            .execute(&mut tx)
            .await
            .doing("end a user's sessions")?;
        self.commit(tx).await?;
        Ok(changed == 1)
    }

    /// Grants or takes back the right to see clues; false when there is no such user.
    pub async fn set_can_see_clues(&self, username: &str, allowed: bool) -> StorageResult<bool> {
        let changed = query("UPDATE users SET can_see_clues = $2 WHERE username = $1")
            .bind(username)
            .bind(i64::from(allowed))
            .execute(&self.write)
            .await
            .doing("change a user's rights")?;
        Ok(changed == 1)
    }

    pub async fn add_token(&self, hash: &str, user_id: &str, label: &str, lifetime_s: i64) -> StorageResult<()> {
        query(
            "INSERT INTO tokens (hash, user_id, label, created_at, expires_at)
             SELECT $1, $2, $3, ms, ms + $4 * 1000 FROM (SELECT {now} AS ms) AS now",
        )
        .bind(hash)
        .bind(user_id)
        .bind(label)
        .bind(lifetime_s)
        .execute(&self.write)
        .await
        .doing("add a token")?;
        Ok(())
    }

    /// The user behind a token that is still good, and whether the project is theirs when one is named.
    ///
    /// One statement, because every request begins with both questions.
    pub async fn user_by_token(&self, hash: &str, project_id: Option<&str>) -> StorageResult<Option<(User, bool)>> {
        let row = query(
            "SELECT users.*, (SELECT COUNT(*) FROM projects WHERE id = $2 AND owner_id = users.id) AS owned
               FROM tokens JOIN users ON users.id = tokens.user_id
              WHERE tokens.hash = $1 AND tokens.expires_at > {now}",
        )
        .bind(hash)
        .bind(project_id)
        .fetch_optional(&self.read)
        .await
        .doing("check a token")?;
        let let_in = |row: Row| Ok((user_of(&row)?, project_id.is_none() || row.try_get::<i64, _>("owned")? != 0));
        row.map(let_in).transpose().doing("read a user")
    }

    pub async fn revoke_token(&self, hash: &str) -> StorageResult<()> {
        query("DELETE FROM tokens WHERE hash = $1").bind(hash).execute(&self.write).await.doing("revoke a token")?;
        Ok(())
    }

    /// Every user, by name.
    pub async fn users(&self) -> StorageResult<Vec<UserOverview>> {
        let doing = "list users";
        let rows = query(
            "SELECT users.*,
                    (SELECT COUNT(*) FROM tokens WHERE tokens.user_id = users.id AND tokens.expires_at > {now}) AS sessions,
                    (SELECT COUNT(*) FROM projects WHERE projects.owner_id = users.id) AS projects
               FROM users ORDER BY username",
        )
        .fetch_all(&self.read)
        .await
        .doing(doing)?;
        let overview = |row: &Row| -> Result<UserOverview, sqlx::Error> {
            let count = |name| row.try_get::<i64, _>(name).map(i64::unsigned_abs);
            Ok(UserOverview { user: user_of(row)?, sessions: count("sessions")?, projects: count("projects")? })
        };
        rows.iter().map(overview).collect::<Result<_, _>>().doing(doing)
    }

    /// Ends all sessions of a user, tokens too.
    pub async fn end_sessions(&self, user_id: &str) -> StorageResult<()> {
        query("DELETE FROM tokens WHERE user_id = $1")
            .bind(user_id)
            .execute(&self.write)
            .await
            .doing("end a user's sessions")?;
        Ok(())
    }
}
