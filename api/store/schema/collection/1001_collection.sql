-- One user's collection. ${owner} is the user's id: the file itself refuses a row of anybody else.
-- Times are Unix milliseconds. Every row says at which change of the collection it was last written.

CREATE TABLE owner (
    user_id INTEGER PRIMARY KEY CHECK (user_id = ${owner}),
    last_id INTEGER NOT NULL CHECK (last_id BETWEEN 0 AND 9007199254740991),
    changed INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    -- Set when the account is being deleted; from then on every unit of work refuses.
    closed_at INTEGER
) STRICT;

CREATE TABLE decks (
    user_id INTEGER NOT NULL CHECK (user_id = ${owner}),
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    -- The name as it is compared: two decks may not differ in case alone.
    name_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    deleted_at INTEGER,
    PRIMARY KEY (user_id, id)
) STRICT;

CREATE UNIQUE INDEX decks_by_name ON decks (user_id, name_key) WHERE deleted_at IS NULL;

CREATE TABLE note_types (
    user_id INTEGER NOT NULL CHECK (user_id = ${owner}),
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('standard', 'cloze')),
    -- JSON: the names of the fields, and for each template {name, question, answer}.
    fields TEXT NOT NULL,
    templates TEXT NOT NULL,
    css TEXT NOT NULL,
    changed INTEGER NOT NULL,
    deleted_at INTEGER,
    PRIMARY KEY (user_id, id)
) STRICT;

CREATE TABLE notes (
    user_id INTEGER NOT NULL CHECK (user_id = ${owner}),
    id INTEGER NOT NULL,
    note_type_id INTEGER NOT NULL,
    guid TEXT NOT NULL,
    -- JSON arrays of text.
    fields TEXT NOT NULL,
    tags TEXT NOT NULL,
    -- A digest of the first field as it is compared, to find duplicates.
    front_digest INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    deleted_at INTEGER,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, note_type_id) REFERENCES note_types (user_id, id)
) STRICT;

CREATE INDEX notes_by_front ON notes (user_id, front_digest) WHERE deleted_at IS NULL;

CREATE TABLE cards (
    user_id INTEGER NOT NULL CHECK (user_id = ${owner}),
    id INTEGER NOT NULL,
    note_id INTEGER NOT NULL,
    deck_id INTEGER NOT NULL,
    -- Which template of the note type this card is made from, from 0.
    ordinal INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'learning', 'review', 'relearning')),
    step INTEGER,
    stability REAL,
    difficulty REAL,
    -- Learning cards are due at an instant, review cards on a day of the user's (days since 1970).
    due_at INTEGER,
    due_day INTEGER,
    reviewed_at INTEGER,
    review_count INTEGER NOT NULL,
    lapses INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    deleted_at INTEGER,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, note_id) REFERENCES notes (user_id, id),
    FOREIGN KEY (user_id, deck_id) REFERENCES decks (user_id, id)
) STRICT;

CREATE INDEX cards_by_deck ON cards (user_id, deck_id, id) WHERE deleted_at IS NULL;
CREATE INDEX cards_by_queue ON cards (user_id, deck_id, state, due_at, due_day, id) WHERE deleted_at IS NULL;
CREATE INDEX cards_by_note ON cards (user_id, note_id) WHERE deleted_at IS NULL;

CREATE TABLE reviews (
    user_id INTEGER NOT NULL CHECK (user_id = ${owner}),
    id INTEGER NOT NULL,
    card_id INTEGER NOT NULL,
    rating TEXT NOT NULL CHECK (rating IN ('again', 'hard', 'good', 'easy')),
    reviewed_at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    state_before TEXT NOT NULL,
    -- JSON: where the card stood before, whole, so that the review can be undone.
    card_before TEXT NOT NULL,
    changed INTEGER NOT NULL,
    deleted_at INTEGER,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, card_id) REFERENCES cards (user_id, id)
) STRICT;

CREATE INDEX reviews_by_time ON reviews (user_id, reviewed_at) WHERE deleted_at IS NULL;
CREATE INDEX reviews_by_card ON reviews (user_id, card_id) WHERE deleted_at IS NULL;

-- A card as it is shown: with its note, its note type and its deck.
CREATE VIEW shown_cards AS
SELECT
    cards.user_id, cards.id, cards.note_id, cards.deck_id, decks.name AS deck_name, cards.ordinal,
    cards.state, cards.step, cards.stability, cards.difficulty, cards.due_at, cards.due_day,
    cards.reviewed_at, cards.review_count, cards.lapses, cards.created_at,
    notes.fields, notes.tags, notes.front_digest,
    note_types.fields AS field_names, note_types.templates
FROM cards
JOIN notes ON notes.user_id = cards.user_id AND notes.id = cards.note_id
JOIN note_types ON note_types.user_id = notes.user_id AND note_types.id = notes.note_type_id
JOIN decks ON decks.user_id = cards.user_id AND decks.id = cards.deck_id
WHERE cards.deleted_at IS NULL;
