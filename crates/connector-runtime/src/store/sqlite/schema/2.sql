-- When a lock was taken or renewed: one from the future was taken under a clock that was wrong.
ALTER TABLE lock ADD COLUMN since INTEGER;
