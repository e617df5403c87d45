//! Logging in and out.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::{Json, RequestExt};
use bidlens_app::{Session, User};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::AppState;
use crate::auth::peer;
use crate::extract::{Asker, JsonBody};
use crate::problem::{Problem, ProblemBody};

#[derive(Deserialize, ToSchema)]
pub(crate) struct Credentials {
    username: String,
    password: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenWire {
    access_token: String,
    #[schema(example = "bearer")]
    token_type: String,
    /// Seconds.
    expires_in: i64,
    user: UserWire,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserWire {
    id: String,
    username: String,
    is_admin: bool,
    /// May see what bids have in common: by a right of its own, or as an administrator.
    can_see_clues: bool,
    created_at: DateTime<Utc>,
}

impl From<Session> for TokenWire {
    fn from(session: Session) -> Self {
        TokenWire {
            access_token: session.token,
            token_type: "bearer".to_owned(),
            expires_in: session.expires_in_s,
            user: session.user.into(),
        }
    }
}

impl From<User> for UserWire {
    fn from(user: User) -> Self {
        UserWire {
            can_see_clues: user.may_see_clues(),
            id: user.id,
            username: user.username,
            is_admin: user.is_admin,
            created_at: user.created_at,
        }
    }
}

/// Log in
#[utoipa::path(post, path = "/api/auth/login", tag = "auth", request_body = Credentials, security(()),
    responses((status = 200, body = TokenWire), (status = 401, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(crate) async fn login(State(state): State<AppState>, request: Request) -> Result<Json<TokenWire>, Problem> {
    let address = peer(request.extensions());
    let JsonBody(credentials) = request.extract::<JsonBody<Credentials>, _>().await?;
    state.throttle.attempt(&credentials.username, address)?;
    let session = state.app.login(&credentials.username, &credentials.password).await?;
    state.throttle.succeeded(&credentials.username, address);
    Ok(Json(session.into()))
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct PasswordChange {
    current_password: String,
    /// At least 8 characters.
    new_password: String,
}

/// Change one's own password; every session ends, and the answer begins a new one
#[utoipa::path(post, operation_id = "change_password", path = "/api/auth/password", tag = "auth", request_body = PasswordChange,
    responses((status = 200, body = TokenWire), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(crate) async fn change_password(
    State(state): State<AppState>,
    asker: Asker,
    request: Request,
) -> Result<Json<TokenWire>, Problem> {
    let address = peer(request.extensions());
    let JsonBody(change) = request.extract::<JsonBody<PasswordChange>, _>().await?;
    // Guessing a password here is guessing it all the same.
    state.throttle.attempt(&asker.user.username, address)?;
    let session = state.app.change_password(&asker.user, &change.current_password, &change.new_password).await?;
    state.throttle.succeeded(&asker.user.username, address);
    Ok(Json(session.into()))
}

/// The user behind the token
#[utoipa::path(get, path = "/api/auth/me", tag = "auth", responses((status = 200, body = UserWire)))]
pub(crate) async fn me(asker: Asker) -> Json<UserWire> {
    Json(asker.user.into())
}

/// Revoke the token
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth", responses((status = 204)))]
pub(crate) async fn logout(State(state): State<AppState>, asker: Asker) -> Result<StatusCode, Problem> {
    state.app.logout(&asker.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
