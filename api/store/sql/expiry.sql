-- name: has_expired(user_id, before)^
-- One look instead of three deletions that nearly always find nothing.
SELECT
    EXISTS (SELECT 1 FROM answers WHERE user_id = :user_id AND created_at < :before)
    OR EXISTS (SELECT 1 FROM deletions WHERE user_id = :user_id AND deleted_at < :before)
    OR EXISTS (
        SELECT 1 FROM notes
        WHERE user_id = :user_id AND deleted_at IS NOT NULL AND fields <> '[]' AND deleted_at < :before
    ) AS has_expired;
