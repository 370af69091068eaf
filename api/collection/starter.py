"""What a new collection begins with: an empty deck of one's own, and 108 cards on English tenses."""

import json
from pathlib import Path
from typing import Any

from api.collection import decks, note_types, notes
from api.store.collection import Collection
from api.store.note_types import BuiltIn, NoteType

OWN_DECK = "MyFirstDeck"
SAMPLE_DECK = "Verbal Tenses"
_SAMPLES = Path(__file__).with_name("verbal_tenses.json")
_FORMS = ("affirmative", "negative", "question")


def fill(collection: Collection) -> None:
    """Add the built-in note types and the decks every new account gets."""
    note_types.add_built_in(collection)
    decks.create(collection, OWN_DECK)
    samples = decks.create(collection, SAMPLE_DECK)
    basic = note_types.built_in(collection, BuiltIn.BASIC)
    for tense in json.loads(_SAMPLES.read_text("utf-8"))["tenses"]:
        _add_tense(collection, basic, samples.id, tense)


def _add_tense(collection: Collection, note_type: NoteType, deck_id: int, tense: dict[str, Any]) -> None:
    for form in _FORMS:
        tags = ("verbal_tenses", tense["slug"], form)
        for english, portuguese in tense[form]:
            back = f"{portuguese}<br><br><b>{tense['name']}</b>, {form}<br><br>{tense['usage']}"
            notes.insert(collection, note_type, deck_id, (english, back), tags)
