"""One module per resource: its shapes on top, its views below. No SQL and no `try` in here."""

from apiflask import APIBlueprint

from api.routes import accounts, api_tokens, cards, decks, discovery, health, oauth, password_reset, sessions, studying

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    accounts.bp,
    password_reset.bp,
    sessions.bp,
    api_tokens.bp,
    decks.bp,
    cards.bp,
    studying.bp,
    oauth.bp,
    discovery.bp,
    health.bp,
)
