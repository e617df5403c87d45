-- What people changed in the ledger of requirements; kept when a later extraction replaces the ledger.
CREATE TABLE ledger_edits (
    project_id     TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    requirement_id TEXT COLLATE "C" NOT NULL,
    content        TEXT COLLATE "C" NOT NULL,
    edited_by      TEXT COLLATE "C" NOT NULL,
    edited_at      BIGINT NOT NULL,
    PRIMARY KEY (project_id, requirement_id)
);
