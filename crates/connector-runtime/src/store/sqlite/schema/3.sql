-- Since when it is counted: what began later than now began under a clock that was wrong, and is over.
ALTER TABLE budget ADD COLUMN since INTEGER;
