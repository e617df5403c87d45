-- Names the parser that read the document, when the same bytes need not be parsed again while this row is there.
ALTER TABLE documents ADD COLUMN parse_key TEXT COLLATE "C";
