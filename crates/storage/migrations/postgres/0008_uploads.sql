-- Files that arrive in pieces: a connection that breaks costs the piece it broke in, not the file.
CREATE TABLE uploads (
    id          TEXT COLLATE "C" PRIMARY KEY,
    project_id  TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind        TEXT COLLATE "C" NOT NULL,
    bidder_name TEXT COLLATE "C" NOT NULL,
    filename    TEXT COLLATE "C" NOT NULL,
    size_bytes  BIGINT NOT NULL CHECK (size_bytes > 0),
    received    BIGINT NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size_bytes),
    -- What it became: a JSON array, as a package becomes several files; NULL until then.
    asset_ids   TEXT COLLATE "C",
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX uploads_by_project ON uploads (project_id);
CREATE INDEX uploads_by_time ON uploads (updated_at);

-- Each piece is a stored file until the last has arrived.
CREATE TABLE upload_pieces (
    upload_id  TEXT COLLATE "C" NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    start      BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (upload_id, start)
);
CREATE INDEX upload_pieces_by_content ON upload_pieces (sha256);
