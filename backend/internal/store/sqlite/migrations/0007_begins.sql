-- The seq at which a room's log begins: one that was restored from a mirror may
-- lack its oldest events. Below it only those on the room's list are there.

ALTER TABLE rooms ADD COLUMN begins INTEGER NOT NULL DEFAULT 1;
