-- name: insert_card(user_id, id, note_id, deck_id, ordinal, created_at, changed)!
INSERT INTO cards (user_id, id, note_id, deck_id, ordinal, state, review_count, lapses, created_at, changed)
VALUES (:user_id, :id, :note_id, :deck_id, :ordinal, 'new', 0, 0, :created_at, :changed);

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

-- name: next_learning(user_id, deck_id, now)^
SELECT id FROM cards
WHERE user_id = :user_id AND deck_id = :deck_id AND deleted_at IS NULL
    AND state IN ('learning', 'relearning') AND due_at <= :now
ORDER BY due_at, id LIMIT 1;

-- name: next_due(user_id, deck_id, today)^
SELECT id FROM cards
WHERE user_id = :user_id AND deck_id = :deck_id AND deleted_at IS NULL AND state = 'review' AND due_day <= :today
ORDER BY due_day, id LIMIT 1;

-- name: next_new(user_id, deck_id)^
SELECT id FROM cards
WHERE user_id = :user_id AND deck_id = :deck_id AND deleted_at IS NULL AND state = 'new'
ORDER BY id LIMIT 1;

-- name: reschedule_card(user_id, id, state, step, stability, difficulty, due_at, due_day, reviewed_at, review_count, lapses, changed)!
UPDATE cards
SET state = :state, step = :step, stability = :stability, difficulty = :difficulty, due_at = :due_at,
    due_day = :due_day, reviewed_at = :reviewed_at, review_count = :review_count, lapses = :lapses, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: delete_cards_of_note(user_id, note_id, deleted_at, changed)!
UPDATE cards SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND note_id = :note_id AND deleted_at IS NULL;

-- name: delete_cards_of_deck(user_id, deck_id, deleted_at, changed)!
UPDATE cards SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND deck_id = :deck_id AND deleted_at IS NULL;

-- name: insert_review(user_id, id, card_id, rating, reviewed_at, duration_ms, state_before, card_before, changed)!
INSERT INTO reviews (
    user_id, id, card_id, rating, reviewed_at, duration_ms, state_before, card_before, changed
)
VALUES (
    :user_id, :id, :card_id, :rating, :reviewed_at, :duration_ms, :state_before, :card_before, :changed
);
