-- name: reviews_by_quarter(user_id, since, everywhere, first_key, end_key)
SELECT
    reviewed_at / 900000 AS quarter, state_before, rating,
    COUNT(*) AS reviews, CAST(SUM(duration_ms) AS bigint) AS duration_ms
FROM reviews
WHERE user_id = :user_id AND deleted_at IS NULL AND reviewed_at >= :since
    AND (
        :everywhere = 1
        OR (SELECT deck_id FROM cards WHERE user_id = :user_id AND id = reviews.card_id) IN (
            SELECT id FROM decks
            WHERE user_id = :user_id AND deleted_at IS NULL AND name_key >= :first_key AND name_key < :end_key
        )
    )
GROUP BY reviewed_at / 900000, state_before, rating;

-- name: moves_by_quarter(user_id, since, everywhere, first_key, end_key)
-- A review moves a card to the state before its next review, and the last one to where the card now stands. Reviews
-- from before a card was added came with it from elsewhere: here, it was added in the state they had led to.
SELECT quarter, state_before, state_after, COUNT(*) AS cards FROM (
    SELECT
        reviews.reviewed_at / 900000 AS quarter, reviews.state_before,
        LEAD(reviews.state_before, 1, cards.state) OVER (
            PARTITION BY reviews.card_id ORDER BY reviews.reviewed_at, reviews.id
        ) AS state_after
    FROM reviews
    JOIN cards ON cards.user_id = reviews.user_id AND cards.id = reviews.card_id
    WHERE reviews.user_id = :user_id AND reviews.deleted_at IS NULL AND reviews.reviewed_at >= :since
        AND reviews.reviewed_at >= cards.created_at
        AND (
            :everywhere = 1
            OR cards.deck_id IN (
                SELECT id FROM decks
                WHERE user_id = :user_id AND deleted_at IS NULL AND name_key >= :first_key AND name_key < :end_key
            )
        )
) AS moves
WHERE state_before <> state_after
GROUP BY quarter, state_before, state_after;

-- name: additions_by_quarter(user_id, since, everywhere, first_key, end_key)
-- An id is never less than the time at which it was given, so that the primary key finds what was added since. The
-- plus signs keep SQLite from walking through all later reviews, in the order of time, for each card.
SELECT quarter, state_after, COUNT(*) AS cards FROM (
    SELECT
        created_at / 900000 AS quarter,
        COALESCE((
            SELECT state_before FROM reviews
            WHERE user_id = :user_id AND card_id = cards.id AND deleted_at IS NULL AND +reviewed_at >= cards.created_at
            ORDER BY +reviewed_at, id LIMIT 1
        ), state) AS state_after
    FROM cards
    WHERE user_id = :user_id AND id >= :since AND created_at >= :since
        AND (
            :everywhere = 1
            OR deck_id IN (
                SELECT id FROM decks
                WHERE user_id = :user_id AND deleted_at IS NULL AND name_key >= :first_key AND name_key < :end_key
            )
        )
) AS additions
GROUP BY quarter, state_after;

-- name: deletions_by_quarter(user_id, since, everywhere, first_key, end_key)
SELECT deleted_at / 900000 AS quarter, state AS state_before, COUNT(*) AS cards
FROM cards
WHERE user_id = :user_id AND deleted_at >= :since
    AND (
        :everywhere = 1
        OR deck_id IN (
            SELECT id FROM decks
            WHERE user_id = :user_id AND deleted_at IS NULL AND name_key >= :first_key AND name_key < :end_key
        )
    )
GROUP BY deleted_at / 900000, state;

-- name: due_by_day(user_id, first_key, end_key, end_day)
-- A buried card waits until it is shown again.
SELECT
    CASE WHEN cards.buried_until > cards.due_day THEN cards.buried_until ELSE cards.due_day END AS day,
    COUNT(*) AS cards
FROM decks
JOIN cards ON cards.user_id = decks.user_id AND cards.deck_id = decks.id
WHERE decks.user_id = :user_id AND decks.deleted_at IS NULL
    AND decks.name_key >= :first_key AND decks.name_key < :end_key
    AND cards.deleted_at IS NULL AND cards.suspended = 0 AND cards.state = 'review' AND cards.due_day < :end_day
GROUP BY 1;

-- name: learning_by_quarter(user_id, first_key, end_key, end_at)
SELECT cards.due_at / 900000 AS quarter, COALESCE(cards.buried_until, 0) AS buried_until, cards.state, COUNT(*) AS cards
FROM decks
JOIN cards ON cards.user_id = decks.user_id AND cards.deck_id = decks.id
WHERE decks.user_id = :user_id AND decks.deleted_at IS NULL
    AND decks.name_key >= :first_key AND decks.name_key < :end_key
    AND cards.deleted_at IS NULL AND cards.suspended = 0
    AND cards.state IN ('learning', 'relearning') AND cards.due_at < :end_at
GROUP BY cards.due_at / 900000, COALESCE(cards.buried_until, 0), cards.state;

-- name: card_groups(user_id, first_key, end_key, today)
SELECT
    cards.state, cards.suspended,
    CASE WHEN cards.buried_until > :today THEN 1 ELSE 0 END AS buried,
    CASE WHEN cards.flag > 0 THEN 1 ELSE 0 END AS flagged,
    cards.due_day, CASE WHEN cards.due_day IS NULL THEN NULL ELSE cards.reviewed_at / 900000 END AS quarter,
    COUNT(*) AS cards
FROM decks
JOIN cards ON cards.user_id = decks.user_id AND cards.deck_id = decks.id
WHERE decks.user_id = :user_id AND decks.deleted_at IS NULL
    AND decks.name_key >= :first_key AND decks.name_key < :end_key AND cards.deleted_at IS NULL
GROUP BY 1, 2, 3, 4, 5, 6;
