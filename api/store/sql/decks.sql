-- name: insert_deck(user_id, id, name, name_key, created_at, changed)!
INSERT INTO decks (user_id, id, name, name_key, created_at, changed)
VALUES (:user_id, :id, :name, :name_key, :created_at, :changed);

-- name: deck_by_id(user_id, id)^
SELECT id, name, name_key, options, created_at, changed FROM decks
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: deck_by_name_key(user_id, name_key)^
SELECT id, name, name_key, options, created_at, changed FROM decks
WHERE user_id = :user_id AND name_key = :name_key AND deleted_at IS NULL;

-- name: decks_between(user_id, first_key, end_key)
SELECT id, name, name_key, options, created_at, changed FROM decks
WHERE user_id = :user_id AND deleted_at IS NULL AND name_key >= :first_key AND name_key < :end_key
ORDER BY name_key;

-- name: decks_changed_since(user_id, since)
SELECT id, name, name_key, options, created_at, changed, deleted_at FROM decks
WHERE user_id = :user_id AND changed > :since
ORDER BY changed, id;

-- name: update_deck(user_id, id, name, name_key, options, changed)!
UPDATE decks SET name = :name, name_key = :name_key, options = :options, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: touch_decks(user_id, first_key, end_key, changed)!
UPDATE decks SET changed = :changed
WHERE user_id = :user_id AND deleted_at IS NULL AND name_key >= :first_key AND name_key < :end_key;

-- name: delete_deck(user_id, id, deleted_at, changed)!
UPDATE decks SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: waiting_cards(user_id, first_key, end_key, today, day_end, most)
-- Of the cards of one note in one deck, the one that comes first waits, and the others wait for another day.
SELECT
    decks.id AS deck_id,
    (SELECT COUNT(*) FROM (
        SELECT 1 FROM cards
        WHERE cards.user_id = :user_id AND cards.deck_id = decks.id AND cards.deleted_at IS NULL
            AND cards.suspended = 0 AND cards.state = 'new' AND COALESCE(cards.buried_until, 0) <= :today
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
        LIMIT CAST(:most AS bigint)
    ) AS waiting) AS new,
    (SELECT COUNT(*) FROM cards
        WHERE cards.user_id = :user_id AND cards.deck_id = decks.id AND cards.deleted_at IS NULL
            AND cards.suspended = 0 AND cards.state IN ('learning', 'relearning') AND cards.due_at < :day_end
            AND COALESCE(cards.buried_until, 0) <= :today
    ) AS learning,
    (SELECT COUNT(*) FROM (
        SELECT 1 FROM cards
        WHERE cards.user_id = :user_id AND cards.deck_id = decks.id AND cards.deleted_at IS NULL
            AND cards.suspended = 0 AND cards.state = 'review' AND cards.due_day <= :today
            AND COALESCE(cards.buried_until, 0) <= :today
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
        LIMIT CAST(:most AS bigint)
    ) AS waiting) AS due
FROM decks
WHERE decks.user_id = :user_id AND decks.deleted_at IS NULL
    AND decks.name_key >= :first_key AND decks.name_key < :end_key;

-- name: studied_cards(user_id, day_start)
SELECT
    cards.deck_id,
    COUNT(*) FILTER (WHERE reviews.state_before = 'new') AS new,
    COUNT(*) FILTER (WHERE reviews.state_before = 'review') AS due
FROM reviews
JOIN cards ON cards.user_id = reviews.user_id AND cards.id = reviews.card_id
WHERE reviews.user_id = :user_id AND reviews.reviewed_at >= :day_start AND reviews.deleted_at IS NULL
    AND cards.user_id = :user_id
GROUP BY cards.deck_id;
