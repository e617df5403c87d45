-- Files that arrive in pieces: a connection that breaks costs the piece it broke in, not the file.
CREATE TABLE uploads (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,
    bidder_name TEXT NOT NULL,
    filename    TEXT NOT NULL,
    size_bytes  INTEGER NOT NULL CHECK (size_bytes > 0),
    received    INTEGER NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size_bytes),
    -- What it became: a JSON array, as a package becomes several files; NULL until then.
    asset_ids   TEXT CHECK (json_valid(asset_ids)),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_by_project ON uploads (project_id);
CREATE INDEX uploads_by_time ON uploads (updated_at);

-- Each piece is a stored file until the last has arrived.
CREATE TABLE upload_pieces (
    upload_id  TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    start      INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256     TEXT NOT NULL,
    PRIMARY KEY (upload_id, start)
) STRICT;
CREATE INDEX upload_pieces_by_content ON upload_pieces (sha256);
