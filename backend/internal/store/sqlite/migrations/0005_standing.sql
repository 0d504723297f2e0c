-- What later events have made of earlier ones. The row of an event that was
-- edited or deleted holds its text as it stands; all else that is to be shown
-- of it is here. pos is that of the event that was changed, so that a page
-- finds what it needs in one place, and nothing where nothing was changed.

CREATE TABLE standing (
    pos     INTEGER PRIMARY KEY,
    edited  INTEGER NOT NULL,           -- seq of the last edit; 0 for none
    deleted INTEGER NOT NULL,
    reacted INTEGER NOT NULL            -- how many reactions it has
) STRICT;

-- The events whose bodies it was given: with it they lose them.
CREATE TABLE edits (
    pos INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (pos, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE reactions (
    pos   INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    user  TEXT NOT NULL,
    name  TEXT NOT NULL,
    place INTEGER NOT NULL,             -- seq of the first with this emoji, of those that are there
    seq   INTEGER NOT NULL,             -- of the event that added it
    PRIMARY KEY (pos, emoji, user)
) STRICT, WITHOUT ROWID;

-- The highest seq of those that an event changes the look of; 0 for none.
ALTER TABLE events ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
