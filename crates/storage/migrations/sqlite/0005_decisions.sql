-- What people decided about findings. A finding's id is the same in every run that finds the same thing; the
-- substance tells what it said when the decision was made.
CREATE TABLE review_decisions (
    project_id  TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    finding_id  TEXT NOT NULL,
    bidder_name TEXT NOT NULL,
    substance   TEXT NOT NULL,
    content     TEXT NOT NULL CHECK (json_valid(content)),
    decided_by  TEXT NOT NULL,
    decided_at  INTEGER NOT NULL,
    PRIMARY KEY (project_id, finding_id)
) STRICT;
