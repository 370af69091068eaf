-- name: take_user_id(above)^
UPDATE user_ids
SET last = CASE WHEN last < CAST(:above AS bigint) THEN CAST(:above AS bigint) ELSE last END + 1
RETURNING last;

-- name: insert_account(user_id, username, name, password_hash, created_at)!
INSERT INTO accounts (user_id, username, name, password_hash, version, created_at)
VALUES (:user_id, :username, :name, :password_hash, 1, :created_at);

-- name: account_by_id(user_id)^
SELECT user_id, username, name, password_hash, version, created_at, disabled_at
FROM accounts WHERE user_id = :user_id;

-- name: account_by_username(username)^
SELECT user_id, username, name, password_hash, version, created_at, disabled_at
FROM accounts WHERE username = :username;

-- name: rename_account(user_id, name)!
UPDATE accounts SET name = :name WHERE user_id = :user_id AND disabled_at IS NULL;

-- name: replace_password_hash(user_id, password_hash, version)!
UPDATE accounts SET password_hash = :password_hash WHERE user_id = :user_id AND version = :version;

-- name: delete_account(user_id)!
DELETE FROM accounts WHERE user_id = :user_id;

-- name: insert_session(sid, user_id, version, client, opened_at, access_until, expires_at, address)!
INSERT INTO sessions (
    sid, user_id, client, generation, rotated_at, rotations, access_until, created_at, last_used_at, address, expires_at
)
SELECT
    CAST(:sid AS text), accounts.user_id, CAST(:client AS text), 1, CAST(:opened_at AS bigint), '[]',
    CAST(:access_until AS bigint), CAST(:opened_at AS bigint), CAST(:opened_at AS bigint), CAST(:address AS text),
    CAST(:expires_at AS bigint)
FROM accounts
WHERE accounts.user_id = :user_id AND accounts.version = :version AND accounts.disabled_at IS NULL;
