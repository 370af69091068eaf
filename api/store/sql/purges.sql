-- name: claim_purge(now, next_at)!
UPDATE purges SET next_at = :next_at WHERE id = 1
    AND (next_at <= :now OR next_at > :next_at);  -- the latter was set while the clock was wrong
