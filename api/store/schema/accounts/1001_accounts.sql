-- accounts.db: who has an account, and the sign-ins of each.

-- Ids are handed out from one row, so that none is used again, whatever is deleted.
CREATE TABLE user_ids (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL CHECK (last BETWEEN 0 AND 9007199254740991)
) STRICT;

INSERT INTO user_ids (id, last) VALUES (1, 0);

CREATE TABLE accounts (
    user_id INTEGER PRIMARY KEY CHECK (user_id BETWEEN 1 AND 9007199254740991),
    username TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    -- Raised by whatever ends the account's sessions: work begun before commits only if it is unchanged.
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

CREATE TABLE sessions (
    sid TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES accounts (user_id) ON DELETE CASCADE,
    client TEXT NOT NULL,
    -- The refresh token of this generation is the live one.
    generation INTEGER NOT NULL,
    rotated_at INTEGER NOT NULL,
    -- Instants of the rotations within the window in which a repeated refresh is not theft: a JSON array.
    rotations TEXT NOT NULL,
    -- The latest expiry of an access token this session has handed out.
    access_until INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    -- Another address that replayed a refresh token within the window, to be shown to the user.
    replayed_from TEXT,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_why TEXT
) STRICT;

CREATE INDEX sessions_of_user ON sessions (user_id);
