-- Times are milliseconds since 1970 in UTC, written by the database's own clock.

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    username      TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    is_admin      INTEGER NOT NULL CHECK (is_admin IN (0, 1)),
    created_at    INTEGER NOT NULL
) STRICT;

-- Only the hash of a token is kept.
CREATE TABLE tokens (
    hash       TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    label      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tokens_of_user ON tokens (user_id);

CREATE TABLE projects (
    id          TEXT PRIMARY KEY,
    owner_id    TEXT NOT NULL REFERENCES users (id),
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
    description TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX projects_of_owner ON projects (owner_id, created_at);

CREATE TABLE platform_jobs (
    id               TEXT PRIMARY KEY,
    queue            TEXT NOT NULL,
    kind             TEXT NOT NULL,
    payload          TEXT NOT NULL CHECK (json_valid(payload)),
    owner_id         TEXT NOT NULL,
    unique_key       TEXT,
    depends_on       TEXT NOT NULL CHECK (json_valid(depends_on)),
    timeout_ms       INTEGER NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    claim_id         TEXT,
    worker_id        TEXT,
    attempt          INTEGER NOT NULL DEFAULT 0,
    errors           INTEGER NOT NULL DEFAULT 0,
    errors_max       INTEGER NOT NULL,
    crashes          INTEGER NOT NULL DEFAULT 0,
    crashes_max      INTEGER NOT NULL,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    progress         INTEGER NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    stage            TEXT NOT NULL DEFAULT '',
    message          TEXT NOT NULL DEFAULT '',
    error            TEXT,
    result           TEXT,
    run_at           INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    started_at       INTEGER,
    finished_at      INTEGER,
    CHECK ((state = 'running') = (claim_id IS NOT NULL))
) STRICT;
CREATE INDEX jobs_ready ON platform_jobs (queue, run_at, id) WHERE state = 'queued';
CREATE INDEX jobs_running ON platform_jobs (worker_id) WHERE state = 'running';
CREATE UNIQUE INDEX jobs_open_once ON platform_jobs (unique_key) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_finished ON platform_jobs (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE job_workers (
    id          TEXT PRIMARY KEY,
    lease_until INTEGER NOT NULL
) STRICT;

CREATE TABLE runs (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('pending', 'running', 'success', 'failed', 'cancelled')),
    progress    REAL NOT NULL DEFAULT 0,
    stage       TEXT NOT NULL DEFAULT '',
    message     TEXT NOT NULL DEFAULT '',
    attempt     INTEGER NOT NULL DEFAULT 0,
    result      TEXT,
    error       TEXT,
    job_id      TEXT NOT NULL UNIQUE,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    started_at  INTEGER,
    finished_at INTEGER
) STRICT;
CREATE INDEX runs_of_project ON runs (project_id, created_at);

CREATE TABLE assets (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL CHECK (kind IN ('tender', 'bid', 'attachment', 'custom_rule')),
    filename    TEXT NOT NULL,
    bidder_name TEXT NOT NULL,
    size_bytes  INTEGER NOT NULL,
    sha256      TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('pending', 'ready', 'failed')),
    error       TEXT,
    run_id      TEXT,
    job_id      TEXT,
    created_at  INTEGER NOT NULL,
    UNIQUE (project_id, kind, bidder_name, sha256)
) STRICT;
CREATE INDEX assets_of_file ON assets (sha256);
CREATE INDEX assets_of_job ON assets (job_id);

-- A job's row is the truth; its run and its asset follow it in the same transaction.
CREATE TRIGGER run_follows_job AFTER UPDATE ON platform_jobs
BEGIN
    UPDATE runs
       SET status = CASE NEW.state WHEN 'queued' THEN 'pending' WHEN 'running' THEN 'running'
                                   WHEN 'succeeded' THEN 'success' ELSE NEW.state END,
           progress = NEW.progress / 100.0, stage = NEW.stage, message = NEW.message, attempt = NEW.attempt,
           result = NEW.result, error = NEW.error, updated_at = NEW.updated_at,
           started_at = NEW.started_at, finished_at = NEW.finished_at
     WHERE job_id = NEW.id;
    UPDATE assets
       SET status = CASE WHEN NEW.state IN ('failed', 'cancelled') THEN 'failed'
                         WHEN NEW.state = 'succeeded' THEN status ELSE 'pending' END,
           error = CASE WHEN NEW.state IN ('failed', 'cancelled') THEN NEW.error ELSE error END
     WHERE job_id = NEW.id AND (status <> 'ready' OR NEW.state IN ('queued', 'running'));
END;

-- The parsed document of an asset, and its text in segments.
CREATE TABLE documents (
    asset_id TEXT PRIMARY KEY REFERENCES assets (id) ON DELETE CASCADE,
    version  INTEGER NOT NULL,
    content  TEXT NOT NULL
) STRICT;

CREATE TABLE segments (
    asset_id TEXT NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
    ordinal  INTEGER NOT NULL,
    chunk_id TEXT NOT NULL,
    page     INTEGER NOT NULL,
    section  TEXT NOT NULL,
    content  TEXT NOT NULL,
    boxes    TEXT NOT NULL,
    PRIMARY KEY (asset_id, ordinal)
) STRICT;
CREATE INDEX segments_by_chunk ON segments (chunk_id);

-- Results: one row for each kind of result of a project, and one for each bidder's review.
CREATE TABLE results (
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL CHECK (kind IN ('facts', 'risks', 'review', 'directory')),
    subject    TEXT NOT NULL,
    run_id     TEXT NOT NULL,
    version    INTEGER NOT NULL,
    content    TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, kind, subject)
) STRICT;

CREATE TABLE idempotency_keys (
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key        TEXT NOT NULL,
    request    TEXT NOT NULL,
    status     INTEGER,
    response   TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT;
