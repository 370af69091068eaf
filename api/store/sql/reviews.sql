-- name: insert_review(user_id, id, card_id, rating, reviewed_at, duration_ms, state_before, card_before, buried, changed)!
INSERT INTO reviews (
    user_id, id, card_id, rating, reviewed_at, duration_ms, state_before, card_before, buried, changed
)
VALUES (
    :user_id, :id, :card_id, :rating, :reviewed_at, :duration_ms, :state_before, :card_before, :buried, :changed
);

-- name: latest_review(user_id)^
SELECT card_id FROM reviews WHERE user_id = :user_id AND deleted_at IS NULL ORDER BY reviewed_at DESC, id DESC LIMIT 1;

-- name: latest_review_of_card(user_id, card_id)^
SELECT id, card_id, rating, reviewed_at, duration_ms, state_before, card_before, buried FROM reviews
WHERE user_id = :user_id AND card_id = :card_id AND deleted_at IS NULL
ORDER BY id DESC LIMIT 1;

-- name: reviews_of_card(user_id, card_id, before, page)
SELECT id, card_id, rating, reviewed_at, duration_ms, state_before, card_before, buried FROM reviews
WHERE user_id = :user_id AND card_id = :card_id AND deleted_at IS NULL AND id < :before
ORDER BY id DESC LIMIT CAST(:page AS bigint);

-- name: delete_review(user_id, id, deleted_at, changed)!
UPDATE reviews SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;
