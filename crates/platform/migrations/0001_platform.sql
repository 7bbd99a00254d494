-- What every kind of room shares. Only types and clauses that SQLite and PostgreSQL both have:
-- BIGINT and TEXT, ids made by the application, hashes as hexadecimal text.

CREATE TABLE guests (
    id BIGINT NOT NULL PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    created BIGINT NOT NULL
);

CREATE TABLE rooms (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    owner BIGINT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    created BIGINT NOT NULL,
    closed BIGINT,
    expires BIGINT
);
CREATE INDEX rooms_expires ON rooms (expires);

-- One row per person and room: the room's own name for the person, and the highest role held.
CREATE TABLE members (
    room BIGINT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    guest BIGINT NOT NULL,
    member BIGINT NOT NULL,
    role TEXT NOT NULL,
    joined BIGINT NOT NULL,
    PRIMARY KEY (room, guest)
);
CREATE INDEX members_guest ON members (guest, role);

CREATE TABLE capability_keys (
    token TEXT NOT NULL PRIMARY KEY,
    room BIGINT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX capability_keys_room ON capability_keys (room);

-- The truth of every room. Entries the room made by itself have no command.
CREATE TABLE log (
    room BIGINT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    entry BIGINT NOT NULL,
    member BIGINT,
    command TEXT,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (room, entry)
);
CREATE UNIQUE INDEX log_command ON log (room, member, command);

-- What the server remembers of itself.
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
