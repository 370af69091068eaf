-- name: insert_card(user_id, id, note_id, deck_id, ordinal, shuffle, created_at, changed)!
INSERT INTO cards (user_id, id, note_id, deck_id, ordinal, shuffle, state, review_count, lapses, created_at, changed)
VALUES (:user_id, :id, :note_id, :deck_id, :ordinal, :shuffle, 'new', 0, 0, :created_at, :changed);

-- name: card_by_id(user_id, id)^
SELECT * FROM shown_cards WHERE user_id = :user_id AND id = :id;

-- name: cards_of_note(user_id, note_id)
SELECT * FROM shown_cards WHERE user_id = :user_id AND note_id = :note_id ORDER BY ordinal;

-- name: cards_of_deck_after(user_id, deck_id, after, page)
SELECT * FROM shown_cards
WHERE user_id = :user_id AND deck_id = :deck_id AND id > :after
ORDER BY id LIMIT CAST(:page AS bigint);

-- name: cards_with_front(user_id, front_digest, apart_from, page)
SELECT note_id, deck_id, deck_name FROM shown_cards
WHERE user_id = :user_id AND note_id IN (
    SELECT id FROM notes
    WHERE user_id = :user_id AND front_digest = :front_digest AND deleted_at IS NULL AND id <> :apart_from
    ORDER BY created_at, id LIMIT CAST(:page AS bigint)  -- by id alone, the primary key would be walked instead
)
ORDER BY note_id, ordinal;

-- name: next_learning(user_id, deck_id, until, today, apart_from)^
SELECT id, due_at AS position FROM cards
WHERE user_id = :user_id AND deck_id = :deck_id AND deleted_at IS NULL AND suspended = 0
    AND state IN ('learning', 'relearning') AND due_at <= :until
    AND COALESCE(buried_until, 0) <= :today AND id <> :apart_from
ORDER BY due_at, id LIMIT 1;

-- name: next_due(user_id, deck_id, today, day_end, apart_from)^
-- A review card is due at no instant: said here, it lets the index give the order, and thousands that are due are not sorted.
SELECT id, due_day AS position FROM cards
WHERE user_id = :user_id AND deck_id = :deck_id AND deleted_at IS NULL AND suspended = 0
    AND state = 'review' AND due_at IS NULL AND due_day <= :today AND COALESCE(buried_until, 0) <= :today AND id <> :apart_from
    AND NOT EXISTS (
        SELECT 1 FROM cards AS sibling
        WHERE sibling.user_id = :user_id AND sibling.note_id = cards.note_id
            AND sibling.deck_id = cards.deck_id AND sibling.deleted_at IS NULL AND sibling.suspended = 0
            AND COALESCE(sibling.buried_until, 0) <= :today
            AND (
                (sibling.state = 'review' AND sibling.due_day <= :today AND sibling.ordinal < cards.ordinal)
                OR (sibling.state IN ('learning', 'relearning') AND sibling.due_at < :day_end)
            )
    )
ORDER BY due_day, id LIMIT 1;

-- name: next_new(user_id, deck_id, today, day_end, apart_from)^
SELECT id, id AS position FROM cards
WHERE user_id = :user_id AND deck_id = :deck_id AND deleted_at IS NULL AND suspended = 0
    AND state = 'new' AND COALESCE(buried_until, 0) <= :today AND id <> :apart_from
    AND NOT EXISTS (
        SELECT 1 FROM cards AS sibling
        WHERE sibling.user_id = :user_id AND sibling.note_id = cards.note_id
            AND sibling.deck_id = cards.deck_id AND sibling.deleted_at IS NULL AND sibling.suspended = 0
            AND COALESCE(sibling.buried_until, 0) <= :today
            AND (
                (sibling.state = 'new' AND sibling.ordinal < cards.ordinal)
                OR (sibling.state = 'review' AND sibling.due_day <= :today)
                OR (sibling.state IN ('learning', 'relearning') AND sibling.due_at < :day_end)
            )
    )
ORDER BY id LIMIT 1;

-- name: next_new_shuffled(user_id, deck_id, today, day_end, apart_from)^
SELECT id, shuffle AS position FROM cards
WHERE user_id = :user_id AND deck_id = :deck_id AND deleted_at IS NULL AND suspended = 0
    AND state = 'new' AND COALESCE(buried_until, 0) <= :today AND id <> :apart_from
    AND NOT EXISTS (
        SELECT 1 FROM cards AS sibling
        WHERE sibling.user_id = :user_id AND sibling.note_id = cards.note_id
            AND sibling.deck_id = cards.deck_id AND sibling.deleted_at IS NULL AND sibling.suspended = 0
            AND COALESCE(sibling.buried_until, 0) <= :today
            AND (
                (sibling.state = 'new' AND sibling.ordinal < cards.ordinal)
                OR (sibling.state = 'review' AND sibling.due_day <= :today)
                OR (sibling.state IN ('learning', 'relearning') AND sibling.due_at < :day_end)
            )
    )
ORDER BY shuffle, id LIMIT 1;

-- name: siblings_to_bury(user_id, card_id, note_id, deck_id, today)
SELECT id, buried_until FROM cards
WHERE user_id = :user_id AND note_id = :note_id AND deck_id = :deck_id AND id <> :card_id AND deleted_at IS NULL
    AND suspended = 0 AND COALESCE(buried_until, 0) <= :today
    AND (state = 'new' OR (state = 'review' AND due_day <= :today));

-- name: bury_card(user_id, id, buried_until, changed)!
UPDATE cards SET buried_until = :buried_until, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: rebury_card(user_id, id, buried_until, buried_since, changed)!
UPDATE cards SET buried_until = :buried_until, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL AND COALESCE(buried_until, 0) = :buried_since;

-- name: reschedule_card(user_id, id, state, step, stability, difficulty, due_at, due_day, reviewed_at, review_count, lapses, changed)!
UPDATE cards
SET state = :state, step = :step, stability = :stability, difficulty = :difficulty, due_at = :due_at,
    due_day = :due_day, reviewed_at = :reviewed_at, review_count = :review_count, lapses = :lapses, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: arrange_card(user_id, id, deck_id, suspended, buried_until, flag, changed)!
UPDATE cards
SET deck_id = :deck_id, suspended = :suspended, buried_until = :buried_until, flag = :flag, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: move_cards(user_id, deck_id, to_deck_id, changed)!
UPDATE cards SET deck_id = :to_deck_id, changed = :changed
WHERE user_id = :user_id AND deck_id = :deck_id AND deleted_at IS NULL;

-- name: count_cards_of_deck(user_id, deck_id)^
SELECT COUNT(*) AS cards FROM cards WHERE user_id = :user_id AND deck_id = :deck_id AND deleted_at IS NULL;

-- name: card_ordinals(user_id, note_id, since)
SELECT
    id, ordinal, deck_id, deleted_at,
    CASE WHEN deleted_at IS NULL THEN 0 ELSE (
        SELECT COUNT(*) FROM deletions
        WHERE deletions.user_id = :user_id AND deletions.changed = cards.changed AND deletions.deleted_at >= :since
    ) END AS deletions
FROM cards WHERE user_id = :user_id AND note_id = :note_id
ORDER BY ordinal, id;

-- name: revive_card(user_id, id, deck_id, changed)!
UPDATE cards SET deleted_at = NULL, deck_id = :deck_id, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NOT NULL;

-- name: renumber_card(user_id, id, ordinal, changed)!
UPDATE cards SET ordinal = :ordinal, changed = CASE WHEN deleted_at IS NULL THEN :changed ELSE changed END
WHERE user_id = :user_id AND id = :id;

-- name: touch_cards_of_note(user_id, note_id, changed)!
UPDATE cards SET changed = :changed WHERE user_id = :user_id AND note_id = :note_id AND deleted_at IS NULL;

-- name: delete_card(user_id, id, deleted_at, changed)!
UPDATE cards SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: delete_cards_of_note(user_id, note_id, deleted_at, changed)!
UPDATE cards SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND note_id = :note_id AND deleted_at IS NULL;

-- name: delete_cards_of_deck(user_id, deck_id, deleted_at, changed)!
UPDATE cards SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND deck_id = :deck_id AND deleted_at IS NULL;

-- name: cards_changed_since(user_id, since, after, page)
SELECT id, changed, deleted_at FROM cards
WHERE user_id = :user_id AND (changed, id) > (CAST(:since AS bigint), CAST(:after AS bigint))
ORDER BY changed, id LIMIT CAST(:page AS bigint);
