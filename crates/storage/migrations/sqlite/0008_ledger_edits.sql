-- What people changed in the ledger of requirements; kept when a later extraction replaces the ledger.
CREATE TABLE ledger_edits (
    project_id     TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    requirement_id TEXT NOT NULL,
    content        TEXT NOT NULL CHECK (json_valid(content)),
    edited_by      TEXT NOT NULL,
    edited_at      INTEGER NOT NULL,
    PRIMARY KEY (project_id, requirement_id)
) STRICT;
