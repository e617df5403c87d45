-- What a model answered: the same question in the same project is not paid for twice, and a run can be replayed.
CREATE TABLE model_calls (
    project_id    TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    request_hash  TEXT COLLATE "C" NOT NULL,
    model         TEXT COLLATE "C" NOT NULL,
    purpose       TEXT COLLATE "C" NOT NULL,
    prompt        TEXT COLLATE "C" NOT NULL,
    answer        TEXT COLLATE "C" NOT NULL,
    input_tokens  BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (project_id, request_hash)
);
