-- name: insert_revocations(seq, sid, ended_at, until)*!
INSERT INTO revocations (seq, sid, ended_at, until) VALUES (:seq, :sid, :ended_at, :until);

-- name: is_live_sid(sid)^
SELECT
    EXISTS (SELECT 1 FROM sessions WHERE sid = :sid AND ended_at IS NULL)
    OR EXISTS (SELECT 1 FROM api_tokens WHERE sid = :sid AND deleted_at IS NULL) AS is_live;

-- name: revocations_after(seq)
SELECT counters.last, revocations.seq, revocations.sid, revocations.until
FROM counters LEFT JOIN revocations ON revocations.seq > :seq
WHERE counters.name = 'revocations'
ORDER BY revocations.seq;

-- name: revocations_not_before(until)
SELECT counters.last, revocations.seq, revocations.sid, revocations.until
FROM counters LEFT JOIN revocations ON revocations.until >= :until
WHERE counters.name = 'revocations';

-- name: revocations_listed(page)
SELECT seq, sid, ended_at, until FROM revocations
ORDER BY seq DESC LIMIT CAST(:page AS bigint);

-- name: purge_revocations(before, page)!
DELETE FROM revocations WHERE seq IN (
    SELECT seq FROM revocations WHERE until < :before LIMIT CAST(:page AS bigint)
);
