-- name: insert_api_token(id, sid, user_id, version, name, scope, last_characters, created_at, expires_at)!
INSERT INTO api_tokens (id, sid, user_id, name, scope, last_characters, created_at, expires_at)
SELECT
    CAST(:id AS bigint), CAST(:sid AS text), accounts.user_id, CAST(:name AS text), CAST(:scope AS text),
    CAST(:last_characters AS text), CAST(:created_at AS bigint), CAST(:expires_at AS bigint)
FROM accounts
WHERE accounts.user_id = :user_id AND accounts.version = :version AND accounts.disabled_at IS NULL;

-- name: count_api_tokens(user_id)^
SELECT COUNT(*) FILTER (WHERE deleted_at IS NULL) AS live, COUNT(*) AS remembered FROM api_tokens WHERE user_id = :user_id;

-- name: api_tokens_after(user_id, after, page)
SELECT id, sid, name, scope, last_characters, created_at, expires_at, last_used_day FROM api_tokens
WHERE user_id = :user_id AND id > :after AND deleted_at IS NULL ORDER BY id LIMIT CAST(:page AS bigint);

-- name: delete_api_token(user_id, id, deleted_at)^
UPDATE api_tokens SET deleted_at = :deleted_at
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL
RETURNING sid, expires_at AS until;

-- name: delete_api_token_by_sid(user_id, sid, deleted_at)^
UPDATE api_tokens SET deleted_at = :deleted_at
WHERE user_id = :user_id AND sid = :sid AND deleted_at IS NULL
RETURNING sid, expires_at AS until;

-- name: delete_api_tokens(user_id, deleted_at)
UPDATE api_tokens SET deleted_at = :deleted_at
WHERE user_id = :user_id AND deleted_at IS NULL
RETURNING sid, expires_at AS until;

-- name: note_api_token_use(sid, day)!
UPDATE api_tokens SET last_used_day = :day WHERE sid = :sid AND (last_used_day IS NULL OR last_used_day < :day);

-- name: purge_api_tokens(before, page)!
DELETE FROM api_tokens WHERE id IN (
    SELECT id FROM api_tokens WHERE expires_at < :before LIMIT CAST(:page AS bigint)
);
