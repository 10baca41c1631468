-- The audit log. The entry is JSON, and its end is apart, because it comes later.
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    principal  TEXT NOT NULL,
    action     TEXT,
    connection TEXT,
    entry      TEXT NOT NULL,
    end        TEXT
) STRICT;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_principal ON audit (principal);
