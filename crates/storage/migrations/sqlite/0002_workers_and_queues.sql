-- What is known of a worker besides its lease. `queues` is a JSON array of names.
ALTER TABLE job_workers ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE job_workers ADD COLUMN pid INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job_workers ADD COLUMN queues TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(queues));
ALTER TABLE job_workers ADD COLUMN started_at INTEGER NOT NULL DEFAULT 0;

-- What people said about queues; a queue without a row is not paused.
CREATE TABLE queue_controls (
    queue      TEXT PRIMARY KEY,
    paused     INTEGER NOT NULL CHECK (paused IN (0, 1)),
    updated_at INTEGER NOT NULL
) STRICT;

-- Jobs that wait for others are few and looked for often.
CREATE INDEX jobs_waiting ON platform_jobs (id) WHERE state = 'queued' AND depends_on <> '[]';

-- The process that answers a request; one that died leaves its key to the same request again.
ALTER TABLE idempotency_keys ADD COLUMN holder TEXT NOT NULL DEFAULT '';
