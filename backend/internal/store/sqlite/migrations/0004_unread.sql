-- The events that count as unread, by author, in place of an index that every
-- event had to be written to at once: it follows behind the log, and
-- rooms.counted is the seq up to which a room's events are in it. From here on
-- rooms.head follows behind the log too.

CREATE TABLE unread (
    pos  INTEGER PRIMARY KEY,
    user TEXT NOT NULL
) STRICT;
INSERT INTO unread SELECT pos, user FROM events INDEXED BY events_unread WHERE counts = 1 ORDER BY pos;
ALTER TABLE rooms ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
UPDATE rooms SET counted = head;
DROP INDEX events_unread;
