-- What each successful run of a review found, for the newest runs of a project.
CREATE TABLE review_snapshots (
    project_id  TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    run_id      TEXT COLLATE "C" NOT NULL,
    bidder_name TEXT COLLATE "C" NOT NULL,
    content     TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (project_id, run_id, bidder_name)
);
