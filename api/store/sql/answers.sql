-- name: answer_by_key(user_id, key, since)^
SELECT request, status, etag, body FROM answers WHERE user_id = :user_id AND key = :key AND created_at >= :since;

-- name: insert_answer(user_id, key, request, status, etag, body, created_at)!
INSERT INTO answers (user_id, key, request, status, etag, body, created_at)
VALUES (:user_id, :key, :request, :status, :etag, :body, :created_at);

-- name: delete_old_answers(user_id, before)!
DELETE FROM answers WHERE user_id = :user_id AND created_at < :before;
