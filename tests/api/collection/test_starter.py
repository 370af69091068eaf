import json
from collections import Counter
from typing import Any

import pytest

from api.collection import starter
from tests.callers import Caller


@pytest.fixture
def tenses() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(starter._SAMPLES.read_text("utf-8"))["tenses"]
    return listed


def test_there_are_12_tenses_of_9_sentences_each(tenses: list[dict[str, Any]]) -> None:
    assert len({tense["name"] for tense in tenses}) == 12
    assert {len(tense[form]) for tense in tenses for form in ("affirmative", "negative", "question")} == {3}


def test_no_sentence_stands_twice(tenses: list[dict[str, Any]]) -> None:
    sentences = Counter(pair[0] for tense in tenses for form in starter._FORMS for pair in tense[form])

    assert len(sentences) == 108


def test_a_new_account_finds_108_cards_that_say_what_they_teach(anna: Caller) -> None:
    path = f"/v1/decks/{anna.deck('Verbal Tenses')}/cards?limit=200"

    cards = dict(anna.ask("GET", path).json or {})["items"]

    assert len(cards) == 108
    assert cards[0]["tags"] == ["verbal_tenses", "present_simple", "affirmative"]
    assert "<b>Present Simple</b>" in cards[0]["answer"]
