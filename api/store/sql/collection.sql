-- name: owner(user_id)^
SELECT user_id, last_id, changed, closed_at, preferences, preferences_changed FROM owner WHERE user_id = :user_id;

-- name: insert_owner(user_id, created_at)!
INSERT INTO owner (user_id, last_id, changed, created_at) VALUES (:user_id, 0, 0, :created_at);

-- name: advance_owner(user_id, last_id, changed)!
UPDATE owner SET last_id = :last_id, changed = :changed WHERE user_id = :user_id;

-- name: close_owner(user_id, closed_at)!
UPDATE owner SET closed_at = :closed_at WHERE user_id = :user_id AND closed_at IS NULL;

-- name: set_preferences(user_id, preferences, changed)!
UPDATE owner SET preferences = :preferences, preferences_changed = :changed WHERE user_id = :user_id;
