"""What can be done with what an answer names: the links of the OpenAPI document, for programs that explore the API."""

from typing import Any

_ID = "$response.body#/id"
_FIRST_CARD = "$response.body#/cards/0/id"
_SHOWN_CARD = "$response.body#/card/id"
_FIRST_ITEM = "$response.body#/items/0/id"
_SAME_DECK = "$request.path.deck_id"
_SAME_CARD = "$request.path.card_id"

_OF_A_DECK = ("get_deck", "edit_deck", "delete_deck", "add_card", "add_cards", "list_cards_of_deck", "get_next_card")
_OF_A_CARD = ("get_card", "edit_card", "delete_card", "review_card", "list_reviews", "undo_review")
_OF_A_NOTE_TYPE = ("get_note_type", "edit_note_type", "delete_note_type")


def _to(operations: tuple[str, ...], **parameters: str) -> dict[str, dict[str, str]]:
    return dict.fromkeys(operations, parameters)


LINKS: dict[str, dict[str, dict[str, str]]] = {
    "create_deck": _to(_OF_A_DECK, deck_id=_ID),
    "list_decks": _to(_OF_A_DECK, deck_id=_FIRST_ITEM),
    "add_card": _to(_OF_A_CARD, card_id=_FIRST_CARD) | _to(("get_next_card",), deck_id=_SAME_DECK),
    "list_cards_of_deck": _to(_OF_A_CARD, card_id=_FIRST_ITEM),
    "list_cards": _to(_OF_A_CARD, card_id=_FIRST_ITEM),
    "get_next_card": _to(_OF_A_CARD, card_id=_SHOWN_CARD),
    "review_card": _to(("get_card", "undo_review", "list_reviews"), card_id=_SAME_CARD),
    "undo_review": _to(("get_card", "review_card"), card_id=_ID),
    "create_note_type": _to(_OF_A_NOTE_TYPE, note_type_id=_ID),
    "list_note_types": _to(_OF_A_NOTE_TYPE, note_type_id=_FIRST_ITEM),
    "list_deletions": _to(("restore_deletion",), deletion_id=_FIRST_ITEM),
}
"""By operation: the operations that its answer leads to, and where in it, or in the request, their parameters are."""


def links_of(operation_id: str) -> dict[str, Any]:
    """Return the links of the answers of an operation (OpenAPI 3.1 §4.8.20)."""
    leading = LINKS.get(operation_id, {})
    return {name: {"operationId": name, "parameters": parameters} for name, parameters in leading.items()}
