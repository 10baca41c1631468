-- When it was committed. What is there already counts from now on, so that nothing is taken for older than it is, and
-- so does what an older program adds meanwhile.
ALTER TABLE event ADD COLUMN at INTEGER;
UPDATE event SET at = CAST(unixepoch('subsec') * 1000 AS INTEGER);
CREATE TRIGGER event_at AFTER INSERT ON event WHEN NEW.at IS NULL BEGIN
    UPDATE event SET at = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE sequence = NEW.sequence;
END;

-- The first part of the key, so that who asks for one kind of tasks does not pass those of all others.
ALTER TABLE task ADD COLUMN area TEXT GENERATED ALWAYS AS (substr(key, 1, instr(key, '/'))) VIRTUAL;
CREATE INDEX task_area ON task (area, ready, key);
CREATE INDEX task_since ON task (area, since);

-- Shares of a limit that several processes have in common.
CREATE TABLE share (
    key     TEXT NOT NULL,
    holder  TEXT NOT NULL,
    wanted  INTEGER NOT NULL,
    granted INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    at      INTEGER NOT NULL,  -- of the latest renewal: one that has not come yet began under a wrong clock
    turn    INTEGER NOT NULL,  -- rises: who has nothing has waited longer than those with a larger one
    PRIMARY KEY (key, holder)
) STRICT, WITHOUT ROWID;
CREATE INDEX share_until ON share (until);

-- Times in which nobody may use the limit.
CREATE TABLE pause (
    key   TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pause_until ON pause (until);
