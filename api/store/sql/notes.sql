-- name: insert_note_type(user_id, id, name, kind, fields, templates, css, built_in, changed)!
INSERT INTO note_types (user_id, id, name, kind, fields, templates, css, built_in, changed)
VALUES (:user_id, :id, :name, :kind, :fields, :templates, :css, :built_in, :changed);

-- name: note_types_listed(user_id)
SELECT id, name, kind, fields, templates, css, built_in, changed FROM note_types
WHERE user_id = :user_id AND deleted_at IS NULL
ORDER BY id;

-- name: note_types_changed_since(user_id, since)
SELECT id, name, kind, fields, templates, css, built_in, changed, deleted_at FROM note_types
WHERE user_id = :user_id AND changed > :since
ORDER BY changed, id;

-- name: update_note_type(user_id, id, name, fields, templates, css, changed)!
UPDATE note_types SET name = :name, fields = :fields, templates = :templates, css = :css, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: delete_note_type(user_id, id, deleted_at, changed)!
UPDATE note_types SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: notes_of_type(user_id, note_type_id, after, since, page)
SELECT id, fields, deleted_at FROM notes
WHERE user_id = :user_id AND note_type_id = :note_type_id AND id > :after
    AND (deleted_at IS NULL OR deleted_at >= :since)
ORDER BY id LIMIT CAST(:page AS bigint);

-- name: count_notes_of_type(user_id, note_type_id, since)^
SELECT COUNT(*) AS notes FROM notes
WHERE user_id = :user_id AND note_type_id = :note_type_id AND (deleted_at IS NULL OR deleted_at >= :since);

-- name: insert_note(user_id, id, note_type_id, guid, fields, tags, front_digest, sought, created_at, changed)!
INSERT INTO notes (user_id, id, note_type_id, guid, fields, tags, front_digest, sought, created_at, changed)
VALUES (:user_id, :id, :note_type_id, :guid, :fields, :tags, :front_digest, :sought, :created_at, :changed);

-- name: update_note(user_id, id, fields, tags, front_digest, sought, changed)!
UPDATE notes SET fields = :fields, tags = :tags, front_digest = :front_digest, sought = :sought, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: rewrite_note(user_id, id, fields, front_digest, sought)!
-- Also of a deleted note, which keeps the change it was deleted by.
UPDATE notes SET fields = :fields, front_digest = :front_digest, sought = :sought
WHERE user_id = :user_id AND id = :id;

-- name: insert_tag(user_id, tag_key, note_id, tag)!
INSERT INTO note_tags (user_id, tag_key, note_id, tag) VALUES (:user_id, :tag_key, :note_id, :tag);

-- name: delete_tags(user_id, note_id)!
-- By their keys, of which an index of the note tells: a note's tags lie far apart from one another.
DELETE FROM note_tags
WHERE user_id = :user_id AND note_id = :note_id
    AND tag_key IN (SELECT tag_key FROM note_tags WHERE user_id = :user_id AND note_id = :note_id);

-- name: next_tag(user_id, after)^
SELECT tag_key, tag FROM note_tags
WHERE user_id = :user_id AND tag_key > :after
    AND EXISTS (
        SELECT 1 FROM notes
        WHERE notes.user_id = :user_id AND notes.id = note_tags.note_id AND notes.deleted_at IS NULL
    )
ORDER BY tag_key, note_id LIMIT 1;

-- name: delete_note(user_id, id, deleted_at, changed)!
UPDATE notes SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND id = :id AND deleted_at IS NULL;

-- name: delete_notes_without_cards(user_id, deck_id, deleted_at, changed)!
UPDATE notes SET deleted_at = :deleted_at, changed = :changed
WHERE user_id = :user_id AND deleted_at IS NULL
    AND id IN (SELECT note_id FROM cards WHERE user_id = :user_id AND deck_id = :deck_id AND changed = :changed)
    AND NOT EXISTS (
        SELECT 1 FROM cards WHERE cards.user_id = :user_id AND cards.note_id = notes.id AND cards.deleted_at IS NULL
    );

-- name: notes_to_purge(user_id, deleted_before, page)
SELECT id FROM notes
WHERE user_id = :user_id AND deleted_at IS NOT NULL AND fields <> '[]' AND deleted_at < :deleted_before
LIMIT CAST(:page AS bigint);

-- name: purge_note(user_id, id)!
UPDATE notes SET fields = '[]', tags = '[]', front_digest = 0, sought = ''
WHERE user_id = :user_id AND id = :id AND deleted_at IS NOT NULL;
