-- Times are milliseconds since 1970, UTC. Names are compared by their bytes.

-- The one source of revisions, epochs, fences and sequences.
CREATE TABLE counter (value INTEGER NOT NULL) STRICT;
INSERT INTO counter VALUES (0);

CREATE TABLE doc (
    kind     TEXT NOT NULL,
    key      TEXT NOT NULL,
    revision INTEGER NOT NULL,
    bytes    BLOB NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT;

CREATE TABLE lock (
    key   TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    fence INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE task (
    key     TEXT PRIMARY KEY,
    payload BLOB NOT NULL,
    ready   INTEGER NOT NULL,  -- may be claimed from then on: when it is due, or when its lease ends
    owner   TEXT,              -- who holds it; nobody when null
    epoch   INTEGER NOT NULL,  -- of the latest claim
    attempt INTEGER NOT NULL,  -- claims since it was last completed
    again   INTEGER            -- due again at this time: woken or scheduled while it is held
) STRICT;
CREATE INDEX task_ready ON task (ready);

CREATE TABLE source (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    revision INTEGER,                    -- of the cursor; null before the first commit
    cursor   BLOB,
    last     INTEGER NOT NULL DEFAULT 0  -- the latest sequence
) STRICT;

CREATE TABLE event (
    sequence INTEGER PRIMARY KEY,
    source   INTEGER NOT NULL,
    id       TEXT NOT NULL,
    bytes    BLOB NOT NULL
) STRICT;
CREATE INDEX event_source ON event (source);  -- with the sequence, as every index of SQLite

-- The ids that a source has delivered, as the first half of their SHA-256: an id of Graph has 150 bytes.
CREATE TABLE seen (
    source INTEGER NOT NULL,
    id     BLOB NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_at ON seen (at);

CREATE TABLE consumer (
    source INTEGER NOT NULL,
    name   TEXT NOT NULL,
    acked  INTEGER NOT NULL,  -- done with everything up to this sequence
    PRIMARY KEY (source, name)
) STRICT, WITHOUT ROWID;

-- What was taken, in slots of a small part of the window.
CREATE TABLE budget (
    key     TEXT NOT NULL,
    expires INTEGER NOT NULL,  -- counts until then
    used    INTEGER NOT NULL,
    PRIMARY KEY (key, expires)
) STRICT, WITHOUT ROWID;
