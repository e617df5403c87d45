-- A segment may cover several short blocks. Its words are as search reads them, one line for each field.
ALTER TABLE segments ADD COLUMN first_block BIGINT NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN last_block BIGINT NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN last_page BIGINT NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN header TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE segments ADD COLUMN words TEXT COLLATE "C" NOT NULL DEFAULT '';

-- An id is DOCUMENT-BLOCK-PART, and until now a segment was a block or a part of one.
UPDATE segments SET last_page = page, first_block = CAST(split_part(chunk_id, '-', 2) AS BIGINT);
UPDATE segments SET last_block = first_block;

-- Names how the words were made, and the words themselves; documents of another version are indexed again.
ALTER TABLE documents ADD COLUMN index_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN index_id TEXT COLLATE "C" NOT NULL DEFAULT '';

-- What a model of meaning made of an asset's segments: 32-bit floats, little endian, segment after segment.
CREATE TABLE segment_vectors (
    asset_id   TEXT COLLATE "C" PRIMARY KEY REFERENCES assets (id) ON DELETE CASCADE,
    model      TEXT COLLATE "C" NOT NULL,
    dimensions BIGINT NOT NULL,
    content    BYTEA NOT NULL
);
