"""One module per resource: its shapes on top, its views below. No SQL and no `try` in here."""

from apiflask import APIBlueprint

from api.routes import (
    accounts,
    api_tokens,
    browsing,
    cards,
    decks,
    discovery,
    health,
    note_types,
    notes,
    oauth,
    password_reset,
    preferences,
    sessions,
    statistics,
    studying,
    trash,
)

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    accounts.bp,
    password_reset.bp,
    sessions.bp,
    api_tokens.bp,
    decks.bp,
    notes.bp,
    cards.bp,
    browsing.bp,
    note_types.bp,
    studying.bp,
    statistics.bp,
    preferences.bp,
    trash.bp,
    oauth.bp,
    discovery.bp,
    health.bp,
)
