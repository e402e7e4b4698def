-- Plans that a person approved although a guard spoke against them. A plan's hash binds it to everything else.
CREATE TABLE approval (
    id   INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX approval_hash ON approval (hash);
