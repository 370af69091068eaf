-- name: insert_deletion(user_id, id, kind, title, cards, deleted_at, changed)!
INSERT INTO deletions (user_id, id, kind, title, cards, deleted_at, changed)
VALUES (:user_id, :id, :kind, :title, :cards, :deleted_at, :changed);

-- name: deletions_before(user_id, before, since, page)
SELECT id, kind, title, cards, deleted_at, changed FROM deletions
WHERE user_id = :user_id AND id < :before AND deleted_at >= :since
ORDER BY id DESC LIMIT CAST(:page AS bigint);

-- name: deletion_by_id(user_id, id, since)^
SELECT id, kind, title, cards, deleted_at, changed FROM deletions
WHERE user_id = :user_id AND id = :id AND deleted_at >= :since;

-- name: count_deleted_cards(user_id, change)^
SELECT COUNT(*) AS cards FROM cards WHERE user_id = :user_id AND changed = :change AND deleted_at IS NOT NULL;

-- name: decks_deleted_by(user_id, change)
SELECT id, name, name_key, options, created_at, changed FROM decks
WHERE user_id = :user_id AND changed = :change AND deleted_at IS NOT NULL
ORDER BY name_key;

-- name: deck_missing_for(user_id, change)^
SELECT deck_id FROM cards
WHERE user_id = :user_id AND changed = :change AND deleted_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM decks
    WHERE decks.user_id = :user_id AND decks.id = cards.deck_id
        AND (decks.deleted_at IS NULL OR decks.changed = :change)
)
LIMIT 1;

-- name: restore_decks(user_id, change, changed)!
UPDATE decks SET deleted_at = NULL, changed = :changed
WHERE user_id = :user_id AND changed = :change AND deleted_at IS NOT NULL;

-- name: restore_notes(user_id, change, changed)!
-- Whichever change has deleted the note: a card that is back must have one.
UPDATE notes SET deleted_at = NULL, changed = :changed
WHERE user_id = :user_id AND deleted_at IS NOT NULL
    AND id IN (SELECT note_id FROM cards WHERE user_id = :user_id AND changed = :change);

-- name: restore_cards(user_id, change, changed)!
UPDATE cards SET deleted_at = NULL, changed = :changed
WHERE user_id = :user_id AND changed = :change AND deleted_at IS NOT NULL;

-- name: outdated_notes(user_id, change)
SELECT DISTINCT notes.id, notes.note_type_id, notes.fields
FROM cards
JOIN notes ON notes.user_id = cards.user_id AND notes.id = cards.note_id
JOIN note_types ON note_types.user_id = notes.user_id AND note_types.id = notes.note_type_id
WHERE cards.user_id = :user_id AND cards.changed = :change AND cards.deleted_at IS NOT NULL
    AND notes.user_id = :user_id AND note_types.user_id = :user_id
    AND (notes.changed > :change OR note_types.changed > :change);

-- name: deck_deleted_by_other(user_id, name_key, change, since)^
SELECT decks.id FROM deletions
JOIN decks ON decks.user_id = deletions.user_id AND decks.changed = deletions.changed
WHERE deletions.user_id = :user_id AND decks.user_id = :user_id AND deletions.deleted_at >= :since
    AND deletions.kind = 'deck' AND deletions.changed <> :change
    AND decks.name_key = :name_key AND decks.deleted_at IS NOT NULL
LIMIT 1;

-- name: delete_deletion(user_id, id)!
DELETE FROM deletions WHERE user_id = :user_id AND id = :id;

-- name: delete_old_deletions(user_id, before)!
DELETE FROM deletions WHERE user_id = :user_id AND deleted_at < :before;
