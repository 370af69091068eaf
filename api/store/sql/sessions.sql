-- name: insert_session(sid, user_id, version, client, generation, rotated_at, rotations, access_until, refresh_until, created_at, last_used_at, address, expires_at)!
INSERT INTO sessions (
    sid, user_id, client, generation, rotated_at, rotations, access_until, refresh_until, created_at, last_used_at,
    address, expires_at
)
SELECT
    CAST(:sid AS text), accounts.user_id, CAST(:client AS text), CAST(:generation AS bigint),
    CAST(:rotated_at AS bigint), CAST(:rotations AS text), CAST(:access_until AS bigint),
    CAST(:refresh_until AS bigint), CAST(:created_at AS bigint), CAST(:last_used_at AS bigint),
    CAST(:address AS text), CAST(:expires_at AS bigint)
FROM accounts
WHERE accounts.user_id = :user_id AND accounts.version = :version AND accounts.disabled_at IS NULL;

-- name: session_by_sid(sid)^
SELECT * FROM sessions WHERE sid = :sid;

-- name: live_sessions_after(user_id, now, after, page)
SELECT * FROM sessions
WHERE user_id = :user_id AND ended_at IS NULL AND refresh_until > :now AND sid > :after
ORDER BY sid LIMIT CAST(:page AS bigint);

-- name: rotate_session(sid, generation_before, version, generation, rotated_at, rotations, access_until, refresh_until, last_used_at, address)!
UPDATE sessions
SET generation = :generation, rotated_at = :rotated_at, rotations = :rotations, access_until = :access_until,
    refresh_until = :refresh_until, last_used_at = :last_used_at, address = :address
WHERE sid = :sid AND generation = :generation_before AND ended_at IS NULL
    AND EXISTS (
        SELECT 1 FROM accounts
        WHERE accounts.user_id = sessions.user_id AND accounts.version = :version AND accounts.disabled_at IS NULL
    );

-- name: note_replay(sid, replayed_from)!
UPDATE sessions SET replayed_from = :replayed_from WHERE sid = :sid;

-- name: end_session(user_id, sid, ended_at, ended_why)^
UPDATE sessions SET ended_at = :ended_at, ended_why = :ended_why
WHERE sid = :sid AND user_id = :user_id AND ended_at IS NULL
RETURNING sid, access_until AS until;

-- name: end_sessions(user_id, kept, ended_at, ended_why)
UPDATE sessions SET ended_at = :ended_at, ended_why = :ended_why
WHERE user_id = :user_id AND sid <> :kept AND ended_at IS NULL
RETURNING sid, access_until AS until;

-- name: purge_ended_sessions(before, page)!
DELETE FROM sessions WHERE sid IN (
    SELECT sid FROM sessions WHERE ended_at < :before AND access_until < :before LIMIT CAST(:page AS bigint)
);

-- name: purge_idle_sessions(before, page)!
DELETE FROM sessions WHERE sid IN (
    SELECT sid FROM sessions
    WHERE ended_at IS NULL AND refresh_until < :before AND access_until < :before LIMIT CAST(:page AS bigint)
);
