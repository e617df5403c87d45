-- Times are milliseconds since 1970 in UTC, written by the database's own clock. Numbers are 64 bits wide and truth
-- is 0 or 1, as in the schema of SQLite; text compares by bytes, so that both databases sort alike.

CREATE TABLE users (
    id            TEXT COLLATE "C" PRIMARY KEY,
    username      TEXT COLLATE "C" NOT NULL UNIQUE,
    password_hash TEXT COLLATE "C" NOT NULL,
    is_admin      BIGINT NOT NULL CHECK (is_admin IN (0, 1)),
    created_at    BIGINT NOT NULL
);

-- Only the hash of a token is kept.
CREATE TABLE tokens (
    hash       TEXT COLLATE "C" PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    label      TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_of_user ON tokens (user_id);

CREATE TABLE projects (
    id          TEXT COLLATE "C" PRIMARY KEY,
    owner_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    name        TEXT COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
    description TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX projects_of_owner ON projects (owner_id, created_at);

CREATE TABLE platform_jobs (
    id               TEXT COLLATE "C" PRIMARY KEY,
    queue            TEXT COLLATE "C" NOT NULL,
    kind             TEXT COLLATE "C" NOT NULL,
    payload          TEXT COLLATE "C" NOT NULL CHECK (CAST(payload AS json) IS NOT NULL),
    owner_id         TEXT COLLATE "C" NOT NULL,
    unique_key       TEXT COLLATE "C",
    depends_on       TEXT COLLATE "C" NOT NULL CHECK (CAST(depends_on AS json) IS NOT NULL),
    timeout_ms       BIGINT NOT NULL,
    state            TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    claim_id         TEXT COLLATE "C",
    worker_id        TEXT COLLATE "C",
    attempt          BIGINT NOT NULL DEFAULT 0,
    errors           BIGINT NOT NULL DEFAULT 0,
    errors_max       BIGINT NOT NULL,
    crashes          BIGINT NOT NULL DEFAULT 0,
    crashes_max      BIGINT NOT NULL,
    cancel_requested BIGINT NOT NULL DEFAULT 0,
    progress         BIGINT NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    stage            TEXT COLLATE "C" NOT NULL DEFAULT '',
    message          TEXT COLLATE "C" NOT NULL DEFAULT '',
    error            TEXT COLLATE "C",
    result           TEXT COLLATE "C",
    run_at           BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    started_at       BIGINT,
    finished_at      BIGINT,
    CHECK ((state = 'running') = (claim_id IS NOT NULL))
);
CREATE INDEX jobs_ready ON platform_jobs (queue, run_at, id) WHERE state = 'queued';
CREATE INDEX jobs_running ON platform_jobs (worker_id) WHERE state = 'running';
CREATE UNIQUE INDEX jobs_open_once ON platform_jobs (unique_key) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_finished ON platform_jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_waiting ON platform_jobs (id) WHERE state = 'queued' AND depends_on <> '[]';

-- Rows of this table are rewritten several times each: dead ones are removed early.
ALTER TABLE platform_jobs SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
                               autovacuum_analyze_scale_factor = 0.05);

-- Worker processes; one whose lease has ended is dead. `queues` is a JSON array of names.
CREATE TABLE job_workers (
    id          TEXT COLLATE "C" PRIMARY KEY,
    lease_until BIGINT NOT NULL,
    host        TEXT COLLATE "C" NOT NULL DEFAULT '',
    pid         BIGINT NOT NULL DEFAULT 0,
    queues      TEXT COLLATE "C" NOT NULL DEFAULT '[]' CHECK (CAST(queues AS json) IS NOT NULL),
    started_at  BIGINT NOT NULL DEFAULT 0
);

-- What people said about queues; a queue without a row is not paused.
CREATE TABLE queue_controls (
    queue      TEXT COLLATE "C" PRIMARY KEY,
    paused     BIGINT NOT NULL CHECK (paused IN (0, 1)),
    updated_at BIGINT NOT NULL
);

CREATE TABLE runs (
    id          TEXT COLLATE "C" PRIMARY KEY,
    project_id  TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind        TEXT COLLATE "C" NOT NULL,
    status      TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'running', 'success', 'failed', 'cancelled')),
    progress    DOUBLE PRECISION NOT NULL DEFAULT 0,
    stage       TEXT COLLATE "C" NOT NULL DEFAULT '',
    message     TEXT COLLATE "C" NOT NULL DEFAULT '',
    attempt     BIGINT NOT NULL DEFAULT 0,
    result      TEXT COLLATE "C",
    error       TEXT COLLATE "C",
    job_id      TEXT COLLATE "C" NOT NULL UNIQUE,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    started_at  BIGINT,
    finished_at BIGINT
);
CREATE INDEX runs_of_project ON runs (project_id, created_at);

CREATE TABLE assets (
    id          TEXT COLLATE "C" PRIMARY KEY,
    project_id  TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind        TEXT COLLATE "C" NOT NULL CHECK (kind IN ('tender', 'bid', 'attachment', 'custom_rule')),
    filename    TEXT COLLATE "C" NOT NULL,
    bidder_name TEXT COLLATE "C" NOT NULL,
    size_bytes  BIGINT NOT NULL,
    sha256      TEXT COLLATE "C" NOT NULL,
    status      TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'ready', 'failed')),
    error       TEXT COLLATE "C",
    run_id      TEXT COLLATE "C",
    job_id      TEXT COLLATE "C",
    created_at  BIGINT NOT NULL,
    UNIQUE (project_id, kind, bidder_name, sha256)
);
CREATE INDEX assets_of_file ON assets (sha256);
CREATE INDEX assets_of_job ON assets (job_id);

-- A job's row is the truth; its run and its asset follow it in the same transaction.
CREATE FUNCTION run_follows_job() RETURNS trigger LANGUAGE plpgsql AS $$
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
    RETURN NULL;
END
$$;
CREATE TRIGGER run_follows_job AFTER UPDATE ON platform_jobs
    FOR EACH ROW EXECUTE FUNCTION run_follows_job();

-- The parsed document of an asset, and its text in segments.
CREATE TABLE documents (
    asset_id TEXT COLLATE "C" PRIMARY KEY REFERENCES assets (id) ON DELETE CASCADE,
    version  BIGINT NOT NULL,
    content  TEXT COLLATE "C" NOT NULL
);

CREATE TABLE segments (
    asset_id TEXT COLLATE "C" NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
    ordinal  BIGINT NOT NULL,
    chunk_id TEXT COLLATE "C" NOT NULL,
    page     BIGINT NOT NULL,
    section  TEXT COLLATE "C" NOT NULL,
    content  TEXT COLLATE "C" NOT NULL,
    boxes    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (asset_id, ordinal)
);
CREATE INDEX segments_by_chunk ON segments (chunk_id);

-- Results: one row for each kind of result of a project, and one for each bidder's review.
CREATE TABLE results (
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind       TEXT COLLATE "C" NOT NULL CHECK (kind IN ('facts', 'risks', 'review', 'directory')),
    subject    TEXT COLLATE "C" NOT NULL,
    run_id     TEXT COLLATE "C" NOT NULL,
    version    BIGINT NOT NULL,
    content    TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, kind, subject)
);

CREATE TABLE idempotency_keys (
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key        TEXT COLLATE "C" NOT NULL,
    request    TEXT COLLATE "C" NOT NULL,
    -- The process that answers it.
    holder     TEXT COLLATE "C" NOT NULL DEFAULT '',
    status     BIGINT,
    response   TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, key)
);
