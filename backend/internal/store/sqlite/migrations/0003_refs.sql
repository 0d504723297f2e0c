-- Where the event of each command is, by a keyed hash of user and ref; the
-- next free number where two hashes are alike. It follows behind the log:
-- rooms.indexed is the seq up to which a room's commands are in it.

CREATE TABLE refs (
    hash INTEGER PRIMARY KEY,
    pos  INTEGER NOT NULL
) STRICT;
ALTER TABLE rooms ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
DROP INDEX events_by_ref;
