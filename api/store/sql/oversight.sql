-- name: open_sessions(user_id, now, page)
SELECT
    sessions.sid, sessions.user_id, accounts.username, sessions.client, sessions.address, sessions.created_at,
    sessions.last_used_at, sessions.replayed_from, COUNT(*) OVER () AS total
FROM sessions JOIN accounts ON accounts.user_id = sessions.user_id
WHERE sessions.ended_at IS NULL AND (sessions.refresh_until > :now OR sessions.access_until > :now)
    AND (CAST(:user_id AS bigint) = 0 OR sessions.user_id = :user_id)
ORDER BY sessions.last_used_at DESC, sessions.sid LIMIT CAST(:page AS bigint);

-- name: owner_of_sid(sid)^
SELECT user_id FROM sessions WHERE sid = :sid
UNION ALL
SELECT user_id FROM api_tokens WHERE sid = :sid;

-- name: count_revocations()^
SELECT COUNT(*) AS found FROM revocations;
