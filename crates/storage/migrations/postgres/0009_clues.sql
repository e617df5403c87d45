-- What bids have in common is a result of its own, for users who may see it.
ALTER TABLE users ADD COLUMN can_see_clues BIGINT NOT NULL DEFAULT 0 CHECK (can_see_clues IN (0, 1));

ALTER TABLE results DROP CONSTRAINT results_kind_check;
ALTER TABLE results ADD CONSTRAINT results_kind_check
    CHECK (kind IN ('facts', 'risks', 'review', 'directory', 'clues'));
