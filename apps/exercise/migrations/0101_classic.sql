-- The games that the classic dialect finds by a name. They are rooms like all others.
CREATE TABLE classic_games (
    name TEXT NOT NULL PRIMARY KEY,
    room BIGINT NOT NULL UNIQUE REFERENCES rooms (id) ON DELETE CASCADE,
    -- as whom its classic clients act
    member BIGINT NOT NULL,
    opened BIGINT NOT NULL
);

-- Who played where, by the hash of the private id with which a client comes back.
CREATE TABLE classic_sessions (
    pid TEXT NOT NULL PRIMARY KEY,
    room BIGINT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    shape TEXT NOT NULL,
    seen BIGINT NOT NULL
);
CREATE INDEX classic_sessions_seen ON classic_sessions (seen);
CREATE INDEX classic_sessions_room ON classic_sessions (room);
