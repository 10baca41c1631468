-- Since when: what began later than now began under a clock that was wrong, and is over.
ALTER TABLE lock ADD COLUMN since INTEGER;
ALTER TABLE task ADD COLUMN since INTEGER;

-- The presence of the process that holds the lock; null where it cannot be known.
ALTER TABLE lock ADD COLUMN holder TEXT;
