-- What a model answered: the same question in the same project is not paid for twice, and a run can be replayed.
CREATE TABLE model_calls (
    project_id    TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    request_hash  TEXT NOT NULL,
    model         TEXT NOT NULL,
    purpose       TEXT NOT NULL,
    prompt        TEXT NOT NULL,
    answer        TEXT NOT NULL,
    input_tokens  INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (project_id, request_hash)
) STRICT;
