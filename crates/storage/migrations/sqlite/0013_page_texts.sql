-- The words of each page with their places, so that looking at one page reads that page and not the whole document.
CREATE TABLE page_texts (
    asset_id TEXT NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
    page     INTEGER NOT NULL,
    content  TEXT NOT NULL,
    PRIMARY KEY (asset_id, page)
) STRICT;

-- The form in which they are there; 0 while nobody has looked at a page since the file was read.
ALTER TABLE assets ADD COLUMN page_texts INTEGER NOT NULL DEFAULT 0;
