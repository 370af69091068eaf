"""What a user prefers: the calendar, and how decks are studied that say nothing else."""

from api.collection.expectation import ANY, Expectation
from api.store import decks
from api.store.collection import Collection
from api.study.preferences import Preferences


def prefer(collection: Collection, preferences: Preferences, expected: Expectation = ANY) -> Preferences:
    """Replace what the user prefers. ChangedSince."""
    expected.require(collection.preferences_change)
    if preferences.options != collection.preferences.options:
        decks.touch(collection)
    collection.prefer(preferences)
    return preferences
