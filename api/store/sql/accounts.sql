-- name: take_user_id(above)^
UPDATE user_ids
SET last = CASE WHEN last < CAST(:above AS bigint) THEN CAST(:above AS bigint) ELSE last END + 1
RETURNING last;

-- name: insert_account(user_id, username, name, password_hash, created_at)!
INSERT INTO accounts (user_id, username, name, password_hash, version, created_at)
VALUES (:user_id, :username, :name, :password_hash, 1, :created_at);

-- name: account_by_id(user_id)^
SELECT user_id, username, name, password_hash, version, created_at, disabled_at, is_operator
FROM accounts WHERE user_id = :user_id;

-- name: account_by_username(username)^
SELECT user_id, username, name, password_hash, version, created_at, disabled_at, is_operator
FROM accounts WHERE username = :username;

-- name: rename_account(user_id, name)!
UPDATE accounts SET name = :name WHERE user_id = :user_id AND disabled_at IS NULL;

-- name: replace_password_hash(user_id, password_hash, version)!
UPDATE accounts SET password_hash = :password_hash WHERE user_id = :user_id AND version = :version;

-- name: replace_password(user_id, password_hash, version)!
UPDATE accounts SET password_hash = :password_hash, version = version + 1
WHERE user_id = :user_id AND version = :version AND disabled_at IS NULL;

-- name: raise_version(user_id)!
UPDATE accounts SET version = version + 1 WHERE user_id = :user_id;

-- name: disable_account(user_id, disabled_at)!
UPDATE accounts SET disabled_at = :disabled_at, version = version + 1
WHERE user_id = :user_id AND disabled_at IS NULL;

-- name: enable_account(user_id)!
UPDATE accounts SET disabled_at = NULL WHERE user_id = :user_id;

-- name: set_operator(user_id, is_operator)!
UPDATE accounts SET is_operator = CAST(:is_operator AS bigint) WHERE user_id = :user_id;

-- name: advance_counter(name, by)^
UPDATE counters SET last = last + CAST(:by AS bigint) WHERE name = :name RETURNING last;

-- name: delete_account(user_id)!
DELETE FROM accounts WHERE user_id = :user_id;
