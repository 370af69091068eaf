-- Ending sessions: the record of what is revoked, API tokens, and one-time codes for forgotten passwords.

ALTER TABLE accounts ADD COLUMN is_operator INTEGER NOT NULL DEFAULT 0 CHECK (is_operator IN (0, 1));

-- When the live refresh token of a session expires.
ALTER TABLE sessions ADD COLUMN refresh_until INTEGER NOT NULL DEFAULT 0;

UPDATE sessions SET refresh_until = expires_at;

CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX sessions_by_refresh_end ON sessions (refresh_until) WHERE ended_at IS NULL;

-- Numbers that only grow: whatever is deleted, none is given twice.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL CHECK (last BETWEEN 0 AND 9007199254740991)
) STRICT;

INSERT INTO counters (name, last) VALUES ('revocations', 0), ('api_tokens', 0);

-- Outlives the account: it refers to nothing and says nothing of anybody. `seq` is in the order of the commits.
CREATE TABLE revocations (
    seq INTEGER PRIMARY KEY,
    sid TEXT NOT NULL,
    ended_at INTEGER NOT NULL,
    -- The latest expiry of an access token with this sid.
    until INTEGER NOT NULL
) STRICT;

CREATE INDEX revocations_by_until ON revocations (until);

CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY,
    sid TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES accounts (user_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- Separated by spaces, as in the token.
    scope TEXT NOT NULL,
    last_characters TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- The day (UTC, days since 1970) on which it was last used.
    last_used_day INTEGER,
    -- A deleted one is kept until it would have expired: as long as every worker remembers it, it counts.
    deleted_at INTEGER
) STRICT;

CREATE INDEX api_tokens_of_user ON api_tokens (user_id, id);
CREATE INDEX api_tokens_by_end ON api_tokens (expires_at);

-- One per account: a new code takes the place of the one before.
CREATE TABLE reset_codes (
    user_id INTEGER PRIMARY KEY REFERENCES accounts (user_id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX reset_codes_by_end ON reset_codes (expires_at);

-- Whose turn it is to purge: whoever moves `next_at` on.
CREATE TABLE purges (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    next_at INTEGER NOT NULL
) STRICT;

INSERT INTO purges (id, next_at) VALUES (1, 0);
