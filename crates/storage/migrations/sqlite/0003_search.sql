-- A segment may cover several short blocks. Its words are as search reads them, one line for each field.
ALTER TABLE segments ADD COLUMN first_block INTEGER NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN last_block INTEGER NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN last_page INTEGER NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN header TEXT NOT NULL DEFAULT '';
ALTER TABLE segments ADD COLUMN words TEXT NOT NULL DEFAULT '';

-- An id is DOCUMENT-BLOCK-PART, and until now a segment was a block or a part of one.
UPDATE segments SET last_page = page, first_block = CAST(substr(chunk_id, instr(chunk_id, '-') + 1) AS INTEGER);
UPDATE segments SET last_block = first_block;

-- Names how the words were made, and the words themselves; documents of another version are indexed again.
ALTER TABLE documents ADD COLUMN index_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN index_id TEXT NOT NULL DEFAULT '';

-- What a model of meaning made of an asset's segments: 32-bit floats, little endian, segment after segment.
CREATE TABLE segment_vectors (
    asset_id   TEXT PRIMARY KEY REFERENCES assets (id) ON DELETE CASCADE,
    model      TEXT NOT NULL,
    dimensions INTEGER NOT NULL,
    content    BLOB NOT NULL
) STRICT;
