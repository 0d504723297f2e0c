-- Under which name somebody wrote who gave one with the message, and whether the
-- server had made the author's own name up.

ALTER TABLE events ADD COLUMN "as" TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN given INTEGER NOT NULL DEFAULT 0;

-- The events that are on their room's list: what is still to do, say.
CREATE TABLE listed (
    pos INTEGER PRIMARY KEY
) STRICT;
