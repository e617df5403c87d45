-- What each successful run of a review found, for the newest runs of a project.
CREATE TABLE review_snapshots (
    project_id  TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    run_id      TEXT NOT NULL,
    bidder_name TEXT NOT NULL,
    content     TEXT NOT NULL CHECK (json_valid(content)),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (project_id, run_id, bidder_name)
) STRICT;
