CREATE TABLE meta (
    lineage    TEXT NOT NULL,
    generation INTEGER NOT NULL
) STRICT;

CREATE TABLE scope (
    id      INTEGER PRIMARY KEY,
    mapping TEXT NOT NULL,
    left    TEXT NOT NULL,
    right   TEXT NOT NULL,
    UNIQUE (mapping, left, right)
) STRICT;

-- What every run reads of every link, kept narrow; what it reads of changed ones only is in `image`.
-- state: 0 live, 1 tombstone. origin, gone: 0 left, 1 right. *_hash: folded image. *_seen: what was last read of it, byte for byte.
-- made: 1 while a record that we made of the other one was not compared yet.
CREATE TABLE link (
    id            INTEGER PRIMARY KEY,
    scope         INTEGER NOT NULL REFERENCES scope (id),
    entity        TEXT NOT NULL,
    left_id       TEXT NOT NULL,
    right_id      TEXT NOT NULL,
    origin        INTEGER NOT NULL,
    state         INTEGER NOT NULL,
    gone          INTEGER,
    buried        TEXT,
    label         TEXT NOT NULL,
    since         TEXT NOT NULL,
    left_version  TEXT,
    right_version TEXT,
    left_hash     BLOB NOT NULL,
    right_hash    BLOB NOT NULL,
    left_seen     BLOB NOT NULL,
    right_seen    BLOB NOT NULL,
    made          INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX link_left  ON link (scope, entity, left_id)  WHERE state = 0;
CREATE UNIQUE INDEX link_right ON link (scope, entity, right_id) WHERE state = 0;
CREATE INDEX link_grave_left  ON link (scope, entity, left_id)  WHERE state = 1;
CREATE INDEX link_grave_right ON link (scope, entity, right_id) WHERE state = 1;
-- Counting and listing live links touches nothing but this index.
CREATE INDEX link_live ON link (scope, entity, state, origin);

-- The base: what each side last reported.
CREATE TABLE image (
    link  INTEGER PRIMARY KEY REFERENCES link (id) ON DELETE CASCADE,
    left  TEXT NOT NULL,
    right TEXT NOT NULL
) STRICT;

-- The match keys of linked records, so that a record without a link is never taken for a new one.
CREATE TABLE match_key (
    link   INTEGER NOT NULL REFERENCES link (id) ON DELETE CASCADE,
    scope  INTEGER NOT NULL,
    entity TEXT NOT NULL,
    side   INTEGER NOT NULL,
    key    TEXT NOT NULL
) STRICT;
CREATE INDEX match_key_find ON match_key (scope, entity, side, key);
CREATE INDEX match_key_link ON match_key (link);

-- Append only. What an intent has come to is in `intent`, kept in step within the same transaction.
CREATE TABLE journal (
    seq    INTEGER PRIMARY KEY,
    intent INTEGER NOT NULL,
    run    TEXT NOT NULL,
    entry  TEXT NOT NULL
) STRICT;
CREATE TABLE intent (
    id      INTEGER PRIMARY KEY,
    scope   INTEGER NOT NULL,
    run     TEXT NOT NULL,
    entity  TEXT NOT NULL,
    state   TEXT NOT NULL,
    body    TEXT NOT NULL,
    outcome TEXT
) STRICT;
CREATE INDEX intent_open ON intent (scope, state);

CREATE TABLE run (
    id      TEXT PRIMARY KEY,
    scope   INTEGER NOT NULL,
    summary TEXT NOT NULL
) STRICT;
CREATE TABLE info (
    scope INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    body  TEXT NOT NULL,
    PRIMARY KEY (scope, seq)
) STRICT;
CREATE TABLE conflict (
    scope INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    body  TEXT NOT NULL,
    PRIMARY KEY (scope, seq)
) STRICT;
