-- name: purge_due()^
SELECT next_at FROM purges WHERE id = 1;

-- name: claim_purge(now, next_at, latest)!
UPDATE purges SET next_at = :next_at WHERE id = 1
    AND (next_at <= :now OR next_at > :latest);  -- the latter was set while the clock was wrong
