-- What people order by hand, and what an intent was to write.

-- by_hand: 1 on a live link that a person made and no run has settled yet; on a tombstone that a person made.
-- state 2: a tombstone, or a pair, that was forgotten on a person's word: it holds nothing back any more.
ALTER TABLE link ADD COLUMN by_hand INTEGER NOT NULL DEFAULT 0;
CREATE INDEX link_forgotten_left  ON link (scope, entity, left_id)  WHERE state = 2;
CREATE INDEX link_forgotten_right ON link (scope, entity, right_id) WHERE state = 2;

-- asked: why, and each field with the value overwritten and the one asked for. probe: what the last look for it saw.
ALTER TABLE intent ADD COLUMN asked TEXT;
ALTER TABLE intent ADD COLUMN probe TEXT;

-- unit: what tells decisions on one conflict apart. closed: how it ended, `NULL` while it holds.
CREATE TABLE decision (
    id       INTEGER PRIMARY KEY,
    scope    INTEGER NOT NULL,
    conflict TEXT NOT NULL,
    unit     TEXT NOT NULL,
    closed   TEXT,
    run      TEXT,
    body     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX decision_open ON decision (scope, conflict, unit) WHERE closed IS NULL;

-- Append only: what was ordered by hand, by whom, when and why.
CREATE TABLE act (
    id     INTEGER PRIMARY KEY,
    scope  INTEGER NOT NULL,
    entity TEXT NOT NULL,
    body   TEXT NOT NULL
) STRICT;
