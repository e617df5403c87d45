-- What bids have in common is a result of its own, for users who may see it.
ALTER TABLE users ADD COLUMN can_see_clues INTEGER NOT NULL DEFAULT 0 CHECK (can_see_clues IN (0, 1));

CREATE TABLE results_with_clues (
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL CHECK (kind IN ('facts', 'risks', 'review', 'directory', 'clues')),
    subject    TEXT NOT NULL,
    run_id     TEXT NOT NULL,
    version    INTEGER NOT NULL,
    content    TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, kind, subject)
) STRICT;
INSERT INTO results_with_clues SELECT project_id, kind, subject, run_id, version, content, updated_at FROM results;
DROP TABLE results;
ALTER TABLE results_with_clues RENAME TO results;
