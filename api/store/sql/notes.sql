-- name: insert_note_type(user_id, id, name, kind, fields, templates, css, changed)!
INSERT INTO note_types (user_id, id, name, kind, fields, templates, css, changed)
VALUES (:user_id, :id, :name, :kind, :fields, :templates, :css, :changed);

-- name: note_type_by_name(user_id, name)^
SELECT id, name, kind, fields, templates, css FROM note_types
WHERE user_id = :user_id AND name = :name AND deleted_at IS NULL
ORDER BY id LIMIT 1;

-- name: insert_note(user_id, id, note_type_id, guid, fields, tags, front_digest, created_at, changed)!
INSERT INTO notes (user_id, id, note_type_id, guid, fields, tags, front_digest, created_at, changed)
VALUES (:user_id, :id, :note_type_id, :guid, :fields, :tags, :front_digest, :created_at, :changed);

-- name: update_note(user_id, id, fields, tags, front_digest, changed)!
UPDATE notes SET fields = :fields, tags = :tags, front_digest = :front_digest, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: delete_note(user_id, id, deleted_at, changed)!
UPDATE notes SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: delete_notes_without_cards(user_id, deck_id, deleted_at, changed)!
UPDATE notes SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND deleted_at IS NULL
    AND id IN (SELECT note_id FROM cards WHERE user_id = :user_id AND deck_id = :deck_id)
    AND NOT EXISTS (
        SELECT 1 FROM cards WHERE cards.user_id = :user_id AND cards.note_id = notes.id AND cards.deleted_at IS NULL
    );
