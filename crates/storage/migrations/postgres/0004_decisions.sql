-- What people decided about findings. A finding's id is the same in every run that finds the same thing; the
-- substance tells what it said when the decision was made.
CREATE TABLE review_decisions (
    project_id  TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    finding_id  TEXT COLLATE "C" NOT NULL,
    bidder_name TEXT COLLATE "C" NOT NULL,
    substance   TEXT COLLATE "C" NOT NULL,
    content     TEXT COLLATE "C" NOT NULL,
    decided_by  TEXT COLLATE "C" NOT NULL,
    decided_at  BIGINT NOT NULL,
    PRIMARY KEY (project_id, finding_id)
);
