-- The log and what belongs to it.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL,             -- what names share that count as the same
    role     TEXT NOT NULL,
    given    INTEGER NOT NULL,          -- 1: the server made the name up
    active   INTEGER NOT NULL,          -- 1: the name is theirs alone
    created  INTEGER NOT NULL           -- Unix time in milliseconds
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX users_by_name ON users (name_key) WHERE active = 1;

CREATE TABLE sessions (
    hash    BLOB PRIMARY KEY,           -- SHA-256 of the token
    user    TEXT NOT NULL,
    seen    INTEGER NOT NULL,           -- Unix times in milliseconds
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user);
CREATE INDEX sessions_by_expiry ON sessions (expires);

CREATE TABLE rooms (
    num     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    name    TEXT NOT NULL,
    topic   TEXT NOT NULL,
    head    INTEGER NOT NULL,           -- seq of the newest event
    epoch   TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
    room  INTEGER NOT NULL,
    user  TEXT NOT NULL,
    since INTEGER NOT NULL,             -- the room's head when the membership began
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user, room);

CREATE TABLE reads (
    user TEXT NOT NULL,
    room INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (user, room)
) STRICT, WITHOUT ROWID;

-- One row for each event of every room. pos is room << 40 | seq: a room's log
-- lies together, in order, and no two events can share a seq.
CREATE TABLE events (
    pos    INTEGER PRIMARY KEY,
    id     INTEGER NOT NULL UNIQUE,
    kind   TEXT NOT NULL,
    user   TEXT NOT NULL,
    counts INTEGER NOT NULL,            -- 1: counts as unread for others
    name   TEXT NOT NULL,
    at     INTEGER NOT NULL,
    target INTEGER NOT NULL,
    parent INTEGER NOT NULL,
    "on"   INTEGER NOT NULL,
    ref    TEXT,                        -- the command's id; NULL for none
    digest BLOB,                        -- of the command's content
    body   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_by_ref ON events (user, ref) WHERE ref IS NOT NULL;
CREATE INDEX events_unread ON events (pos, user) WHERE counts = 1;
