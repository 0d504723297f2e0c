-- How many members a room has, kept with every change of them.

ALTER TABLE rooms ADD COLUMN members INTEGER NOT NULL DEFAULT 0;
UPDATE rooms SET members = (SELECT count(*) FROM members m WHERE m.room = rooms.num);
