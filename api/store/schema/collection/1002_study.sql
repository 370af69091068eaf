-- What studying, searching and taking back need: options, burying, tags, an index of words, deletions and answers.

ALTER TABLE owner ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}';
ALTER TABLE owner ADD COLUMN preferences_changed INTEGER NOT NULL DEFAULT 0;

-- JSON: what its owner has chosen for this deck; what is absent comes from the deck above, and then from preferences.
ALTER TABLE decks ADD COLUMN options TEXT NOT NULL DEFAULT '{}';

-- Names are compared level by level: a separator that sorts before every letter keeps a deck beside what is below it.
UPDATE decks SET name_key = replace(name_key, '::', char(31));

-- Which of the note types that every collection has this is; they stay as they are, but for the CSS.
ALTER TABLE note_types ADD COLUMN built_in TEXT CHECK (built_in IN ('basic', 'reversed', 'cloze'));
UPDATE note_types SET built_in = 'basic' WHERE name = 'Basic';
UPDATE owner SET last_id = MAX(last_id, created_at) + 2, changed = changed + 1 WHERE last_id > 0;
INSERT INTO note_types (user_id, id, name, kind, fields, templates, css, changed, built_in)
SELECT
    user_id, last_id - 1, 'Basic (and reversed card)', 'standard', '["Front","Back"]',
    '[{"name":"Card 1","question":"{{Front}}","answer":"{{FrontSide}}\n\n<hr id=answer>\n\n{{Back}}"},'
    || '{"name":"Card 2","question":"{{Back}}","answer":"{{FrontSide}}\n\n<hr id=answer>\n\n{{Front}}"}]',
    '', changed, 'reversed'
FROM owner WHERE last_id > 0;
INSERT INTO note_types (user_id, id, name, kind, fields, templates, css, changed, built_in)
SELECT
    user_id, last_id, 'Cloze', 'cloze', '["Text","Back Extra"]',
    '[{"name":"Cloze","question":"{{cloze:Text}}","answer":"{{cloze:Text}}<br>\n{{Back Extra}}"}]', '', changed, 'cloze'
FROM owner WHERE last_id > 0;

-- The visible text of all fields, folded, a line each: what words are searched in.
ALTER TABLE notes ADD COLUMN sought TEXT NOT NULL DEFAULT '';
UPDATE notes SET sought = sought(fields);

ALTER TABLE cards ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1));
-- The study day from which the card is shown again.
ALTER TABLE cards ADD COLUMN buried_until INTEGER;
ALTER TABLE cards ADD COLUMN flag INTEGER NOT NULL DEFAULT 0 CHECK (flag BETWEEN 0 AND 7);
-- Where the card stands when new cards come in random order.
ALTER TABLE cards ADD COLUMN shuffle INTEGER NOT NULL DEFAULT 0;
UPDATE cards SET shuffle = (id % 1000003) * 618034 % 1000003;

-- JSON: the cards that this review has buried or shown again, each with the day until which it was buried before, and is since.
ALTER TABLE reviews ADD COLUMN buried TEXT NOT NULL DEFAULT '[]';

DROP INDEX reviews_by_time;
CREATE INDEX reviews_by_time ON reviews (user_id, reviewed_at, id) WHERE deleted_at IS NULL;
DROP INDEX reviews_by_card;
CREATE INDEX reviews_by_card ON reviews (user_id, card_id, id) WHERE deleted_at IS NULL;
DROP INDEX cards_by_queue;
CREATE INDEX cards_by_queue ON cards (user_id, deck_id, state, due_at, due_day, id)
WHERE deleted_at IS NULL AND suspended = 0;
CREATE INDEX cards_by_shuffle ON cards (user_id, deck_id, shuffle, id)
WHERE deleted_at IS NULL AND suspended = 0 AND state = 'new';
CREATE INDEX cards_by_change ON cards (user_id, changed, id);
CREATE INDEX cards_by_deletion ON cards (user_id, deleted_at) WHERE deleted_at IS NOT NULL;
DROP INDEX cards_by_note;
-- With those that are deleted: an edit can bring one back.
CREATE INDEX cards_by_note ON cards (user_id, note_id, ordinal);
-- In the order in which those with one front are told of.
DROP INDEX notes_by_front;
CREATE INDEX notes_by_front ON notes (user_id, front_digest, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX notes_by_type ON notes (user_id, note_type_id);
CREATE INDEX notes_to_purge ON notes (user_id, deleted_at) WHERE deleted_at IS NOT NULL AND fields <> '[]';

CREATE TABLE note_tags (
    user_id INTEGER NOT NULL CHECK (user_id = ${owner}),
    -- The tag as it is compared: without regard to case.
    tag_key TEXT NOT NULL,
    note_id INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (user_id, tag_key, note_id),
    FOREIGN KEY (user_id, note_id) REFERENCES notes (user_id, id)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO note_tags (user_id, tag_key, note_id, tag)
SELECT notes.user_id, folded(tags.value), notes.id, tags.value FROM notes, json_each(notes.tags) AS tags;

CREATE INDEX note_tags_by_note ON note_tags (user_id, note_id);

-- Each deletion that can be taken back: its rows are those that are deleted and were last written by its change.
CREATE TABLE deletions (
    user_id INTEGER NOT NULL CHECK (user_id = ${owner}),
    id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('note', 'deck')),
    title TEXT NOT NULL,
    cards INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (user_id, id)
) STRICT;

CREATE INDEX deletions_by_change ON deletions (user_id, changed);
CREATE INDEX deletions_by_age ON deletions (user_id, deleted_at);

-- Answers to requests with an Idempotency-Key, given again to whoever repeats the request.
CREATE TABLE answers (
    user_id INTEGER NOT NULL CHECK (user_id = ${owner}),
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    etag TEXT,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT;

CREATE INDEX answers_by_age ON answers (user_id, created_at);

-- Which notes contain which three characters in a row; a note's id is its rowid here.
CREATE VIRTUAL TABLE note_index USING fts5(sought, content = '', columnsize = 0, detail = none, tokenize = 'trigram');
INSERT INTO note_index (rowid, sought) SELECT id, sought FROM notes;
CREATE TRIGGER notes_are_indexed AFTER INSERT ON notes BEGIN
    INSERT INTO note_index (rowid, sought) VALUES (new.id, new.sought);
END;
CREATE TRIGGER notes_are_indexed_again AFTER UPDATE OF sought ON notes WHEN old.sought <> new.sought BEGIN
    INSERT INTO note_index (note_index, rowid, sought) VALUES ('delete', old.id, old.sought);
    INSERT INTO note_index (rowid, sought) VALUES (new.id, new.sought);
END;

DROP VIEW shown_cards;
-- A card as it is shown: with its note, its note type and its deck, and the change each was last written by.
CREATE VIEW shown_cards AS
SELECT
    cards.user_id, cards.id, cards.note_id, cards.deck_id, decks.name AS deck_name, cards.ordinal,
    cards.state, cards.step, cards.stability, cards.difficulty, cards.due_at, cards.due_day,
    cards.reviewed_at, cards.review_count, cards.lapses, cards.created_at,
    cards.suspended, cards.buried_until, cards.flag, cards.changed AS card_changed,
    notes.fields, notes.tags, notes.front_digest, notes.changed AS note_changed,
    note_types.id AS note_type_id, note_types.name AS note_type_name, note_types.kind,
    note_types.fields AS field_names, note_types.templates, note_types.changed AS note_type_changed,
    decks.changed AS deck_changed
FROM cards
JOIN notes ON notes.user_id = cards.user_id AND notes.id = cards.note_id
JOIN note_types ON note_types.user_id = notes.user_id AND note_types.id = notes.note_type_id
JOIN decks ON decks.user_id = cards.user_id AND decks.id = cards.deck_id
WHERE cards.deleted_at IS NULL;
