"""One module per resource: its shapes on top, its views below. No SQL and no `try` in here."""

from apiflask import APIBlueprint

from api.routes import accounts, cards, decks, discovery, health, sessions, studying

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    accounts.bp,
    sessions.bp,
    decks.bp,
    cards.bp,
    studying.bp,
    discovery.bp,
    health.bp,
)
