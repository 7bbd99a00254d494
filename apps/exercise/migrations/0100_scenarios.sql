-- Scenarios that people have written here or that were imported. The shipped ones are in the binary,
-- and games hold a copy of theirs, so nothing refers to this table.
CREATE TABLE scenarios (
    id TEXT NOT NULL PRIMARY KEY,
    -- whose it is; nobody's are for everybody on this server
    owner BIGINT,
    title TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- what lists show, as JSON
    summary TEXT NOT NULL,
    -- the document, as JSON
    body TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE INDEX scenarios_owner ON scenarios (owner);
