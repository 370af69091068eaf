-- name: insert_deck(user_id, id, name, name_key, created_at, changed)!
INSERT INTO decks (user_id, id, name, name_key, created_at, changed)
VALUES (:user_id, :id, :name, :name_key, :created_at, :changed);

-- name: deck_by_id(user_id, id)^
SELECT id, name, created_at FROM decks WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: deck_by_name_key(user_id, name_key)^
SELECT id, name, created_at FROM decks WHERE user_id = :user_id AND name_key = :name_key AND deleted_at IS NULL;

-- name: decks_after(user_id, after_key, page)
SELECT id, name, created_at FROM decks
WHERE user_id = :user_id AND deleted_at IS NULL AND name_key > :after_key
ORDER BY name_key LIMIT CAST(:page AS bigint);

-- name: rename_deck(user_id, id, name, name_key, changed)!
UPDATE decks SET name = :name, name_key = :name_key, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: delete_deck(user_id, id, deleted_at, changed)!
UPDATE decks SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: waiting_cards(user_id, first, last, today, day_end)
SELECT
    deck_id,
    COUNT(*) FILTER (WHERE state = 'new') AS new,
    COUNT(*) FILTER (WHERE state IN ('learning', 'relearning') AND due_at < :day_end) AS learning,
    COUNT(*) FILTER (WHERE state = 'review' AND due_day <= :today) AS due
FROM cards
WHERE user_id = :user_id AND deck_id BETWEEN :first AND :last AND deleted_at IS NULL
GROUP BY deck_id;

-- name: studied_cards(user_id, first, last, day_start)
SELECT
    cards.deck_id,
    COUNT(*) FILTER (WHERE reviews.state_before = 'new') AS new,
    COUNT(*) FILTER (WHERE reviews.state_before = 'review') AS due
FROM reviews
JOIN cards ON cards.user_id = reviews.user_id AND cards.id = reviews.card_id
WHERE reviews.user_id = :user_id AND reviews.reviewed_at >= :day_start AND reviews.deleted_at IS NULL
    AND cards.user_id = :user_id AND cards.deck_id BETWEEN :first AND :last
GROUP BY cards.deck_id;
