-- Bare tables for preparing our statements on PostgreSQL; the real schema comes with that engine.
CREATE TABLE user_ids (id bigint PRIMARY KEY, last bigint NOT NULL);
CREATE TABLE accounts (
    user_id bigint PRIMARY KEY, username text UNIQUE, name text, password_hash text, version bigint, created_at bigint,
    disabled_at bigint, is_operator bigint
);
CREATE TABLE sessions (
    sid text PRIMARY KEY, user_id bigint, client text, generation bigint, rotated_at bigint, rotations text,
    access_until bigint, created_at bigint, last_used_at bigint, address text, replayed_from text, expires_at bigint,
    ended_at bigint, ended_why text, refresh_until bigint
);
CREATE TABLE counters (name text PRIMARY KEY, last bigint NOT NULL);
CREATE TABLE revocations (seq bigint PRIMARY KEY, sid text, ended_at bigint, until bigint);
CREATE TABLE api_tokens (
    id bigint PRIMARY KEY, sid text UNIQUE, user_id bigint, name text, scope text, last_characters text,
    created_at bigint, expires_at bigint, last_used_day bigint, deleted_at bigint
);
CREATE TABLE reset_codes (user_id bigint PRIMARY KEY, digest text, expires_at bigint);
CREATE TABLE purges (id bigint PRIMARY KEY, next_at bigint NOT NULL);
CREATE TABLE owner (
    user_id bigint PRIMARY KEY, last_id bigint, changed bigint, created_at bigint, closed_at bigint, preferences text,
    preferences_changed bigint
);
CREATE TABLE decks (
    user_id bigint, id bigint, name text, name_key text, options text, created_at bigint, changed bigint,
    deleted_at bigint, PRIMARY KEY (user_id, id)
);
CREATE TABLE note_types (
    user_id bigint, id bigint, name text, kind text, fields text, templates text, css text, built_in text,
    changed bigint, deleted_at bigint, PRIMARY KEY (user_id, id)
);
CREATE TABLE notes (
    user_id bigint, id bigint, note_type_id bigint, guid text, fields text, tags text, front_digest bigint, sought text,
    created_at bigint, changed bigint, deleted_at bigint, PRIMARY KEY (user_id, id)
);
CREATE TABLE cards (
    user_id bigint, id bigint, note_id bigint, deck_id bigint, ordinal bigint, state text, step bigint,
    stability double precision, difficulty double precision, due_at bigint, due_day bigint, reviewed_at bigint,
    review_count bigint, lapses bigint, created_at bigint, changed bigint, deleted_at bigint, suspended bigint,
    buried_until bigint, flag bigint, shuffle bigint, PRIMARY KEY (user_id, id)
);
CREATE TABLE reviews (
    user_id bigint, id bigint, card_id bigint, rating text, reviewed_at bigint, duration_ms bigint, state_before text,
    card_before text, buried text, changed bigint, deleted_at bigint, PRIMARY KEY (user_id, id)
);
CREATE TABLE note_tags (
    user_id bigint, tag_key text, note_id bigint, tag text, PRIMARY KEY (user_id, tag_key, note_id)
);
CREATE TABLE deletions (
    user_id bigint, id bigint, kind text, title text, cards bigint, deleted_at bigint, changed bigint,
    PRIMARY KEY (user_id, id)
);
CREATE TABLE answers (
    user_id bigint, key text, request text, status bigint, etag text, body bytea, created_at bigint,
    PRIMARY KEY (user_id, key)
);
