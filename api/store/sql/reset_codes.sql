-- name: put_reset_code(user_id, digest, expires_at)!
INSERT INTO reset_codes (user_id, digest, expires_at) VALUES (:user_id, :digest, :expires_at)
ON CONFLICT (user_id) DO UPDATE SET digest = excluded.digest, expires_at = excluded.expires_at;

-- name: reset_code_holds(user_id, digest, now)^
SELECT user_id FROM reset_codes WHERE user_id = :user_id AND digest = :digest AND expires_at > :now;

-- name: use_reset_code(user_id, digest, now)!
DELETE FROM reset_codes WHERE user_id = :user_id AND digest = :digest AND expires_at > :now;

-- name: forget_reset_code(user_id)!
DELETE FROM reset_codes WHERE user_id = :user_id;

-- name: purge_reset_codes(before, page)!
DELETE FROM reset_codes WHERE user_id IN (
    SELECT user_id FROM reset_codes WHERE expires_at < :before LIMIT CAST(:page AS bigint)
);
