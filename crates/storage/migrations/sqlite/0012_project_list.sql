-- What lists of projects tell of results without reading them: some are megabytes long.
CREATE TABLE result_summaries (
    project_id   TEXT NOT NULL,
    kind         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    bid_deadline TEXT,
    passed       INTEGER NOT NULL DEFAULT 0,
    at_risk      INTEGER NOT NULL DEFAULT 0,
    failed       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, kind, subject),
    FOREIGN KEY (project_id, kind, subject) REFERENCES results (project_id, kind, subject) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO result_summaries (project_id, kind, subject, bid_deadline)
SELECT project_id, kind, subject,
       COALESCE(content ->> '$.fields.bid_deadline.value.Moment.Date',
                substr(content ->> '$.fields.bid_deadline.value.Moment.DateTime', 1, 16))
  FROM results WHERE kind = 'facts';

-- Reviews of versions before clues had a place of their own still hold what other bidders' files say.
INSERT INTO result_summaries (project_id, kind, subject, passed, at_risk, failed)
SELECT r.project_id, r.kind, r.subject, COUNT(CASE WHEN f.value ->> 'verdict' = 'pass' THEN 1 END),
       COUNT(CASE WHEN f.value ->> 'verdict' = 'risk' THEN 1 END), COUNT(CASE WHEN f.value ->> 'verdict' = 'fail' THEN 1 END)
  FROM results r LEFT JOIN json_each(r.content, '$.findings') f
    ON f.value ->> 'source' <> 'cross_bid'
       AND NOT (f.value ->> 'rule_id' = 'B015' AND f.value ->> 'remark' LIKE '出现另一投标人%')
 WHERE r.kind = 'review' GROUP BY r.project_id, r.kind, r.subject;

-- How many segments a file has, so that nobody counts thousands of rows for one number.
ALTER TABLE assets ADD COLUMN segments INTEGER NOT NULL DEFAULT 0;
UPDATE assets SET segments = (SELECT COUNT(*) FROM segments s WHERE s.asset_id = assets.id);

CREATE INDEX runs_open ON runs (project_id) WHERE status IN ('pending', 'running');
CREATE INDEX runs_of_kind ON runs (project_id, kind, id);
