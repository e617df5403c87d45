-- What lists of projects tell of results without reading them: some are megabytes long.
CREATE TABLE result_summaries (
    project_id   TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    subject      TEXT COLLATE "C" NOT NULL,
    bid_deadline TEXT COLLATE "C",
    passed       BIGINT NOT NULL DEFAULT 0,
    at_risk      BIGINT NOT NULL DEFAULT 0,
    failed       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, kind, subject),
    FOREIGN KEY (project_id, kind, subject) REFERENCES results (project_id, kind, subject) ON DELETE CASCADE
);

-- PostgreSQL takes no word out of JSON that holds NUL anywhere.
INSERT INTO result_summaries (project_id, kind, subject, bid_deadline)
SELECT project_id, kind, subject, COALESCE(moment ->> 'Date', substr(moment ->> 'DateTime', 1, 16))
  FROM (SELECT project_id, kind, subject,
               CAST(replace(content, '\u0000', '\ufffd') AS json) -> 'fields' -> 'bid_deadline' -> 'value' -> 'Moment'
                   AS moment
          FROM results WHERE kind = 'facts') AS facts;

-- Reviews of versions before clues had a place of their own still hold what other bidders' files say.
INSERT INTO result_summaries (project_id, kind, subject, passed, at_risk, failed)
SELECT r.project_id, r.kind, r.subject, COUNT(*) FILTER (WHERE f.value ->> 'verdict' = 'pass'),
       COUNT(*) FILTER (WHERE f.value ->> 'verdict' = 'risk'), COUNT(*) FILTER (WHERE f.value ->> 'verdict' = 'fail')
  FROM (SELECT project_id, kind, subject, CAST(replace(content, '\u0000', '\ufffd') AS json) -> 'findings' AS findings
          FROM results WHERE kind = 'review') AS r
  LEFT JOIN LATERAL json_array_elements(CASE WHEN json_typeof(r.findings) = 'array' THEN r.findings ELSE '[]' END)
            AS f (value)
    ON f.value ->> 'source' <> 'cross_bid'
       AND NOT (f.value ->> 'rule_id' = 'B015' AND f.value ->> 'remark' LIKE '出现另一投标人%')
 GROUP BY r.project_id, r.kind, r.subject;

-- How many segments a file has, so that nobody counts thousands of rows for one number.
ALTER TABLE assets ADD COLUMN segments BIGINT NOT NULL DEFAULT 0;
UPDATE assets SET segments = (SELECT COUNT(*) FROM segments s WHERE s.asset_id = assets.id);

CREATE INDEX runs_open ON runs (project_id) WHERE status IN ('pending', 'running');
CREATE INDEX runs_of_kind ON runs (project_id, kind, id);
