"""What can be wrong with a request about a collection, and how it is told to the client (RFC 9457)."""

from http import HTTPStatus

from api import errors
from api.problem import Problem, says
from api.shapes import CardView

COLLECTION_PROBLEMS: dict[type[Exception], Problem] = {
    errors.DeckNotFound: Problem(
        HTTPStatus.NOT_FOUND,
        "deck-not-found",
        "There is no such deck",
        lambda error: f"You have no deck {error.deck_id}. It may have been deleted.",
    ),
    errors.DeckNameTaken: Problem(
        HTTPStatus.CONFLICT,
        "deck-name-taken",
        "A deck of this name exists",
        lambda error: f"You have a deck called {error.name!r} already; names that differ in case alone count as equal.",
    ),
    errors.CardNotFound: Problem(
        HTTPStatus.NOT_FOUND,
        "card-not-found",
        "There is no such card",
        lambda error: f"You have no card {error.card_id}. It may have been deleted.",
    ),
    errors.NoteTypeNotFound: Problem(
        HTTPStatus.NOT_FOUND,
        "note-type-not-found",
        "There is no such note type",
        lambda error: f"You have no note type {error.note_type_id}. It may have been deleted.",
    ),
    errors.NoteTypeNameTaken: Problem(
        HTTPStatus.CONFLICT,
        "note-type-name-taken",
        "A note type of this name exists",
        lambda error: f"You have a note type called {error.name!r} already; case alone makes no difference.",
    ),
    errors.NoteTypeBuiltIn: Problem(
        HTTPStatus.CONFLICT,
        "note-type-built-in",
        "The note type is one that every collection has",
        lambda error: f"Of {error.name!r} only the CSS can be changed. Make a note type of your own like it.",
    ),
    errors.NoteTypeInUse: Problem(
        HTTPStatus.CONFLICT,
        "note-type-in-use",
        "There are notes of this type",
        lambda error: (
            f"{error.notes} notes are of the type {error.name!r}, with those deleted within a day. Delete them first."
        ),
    ),
    errors.NotesWithoutCards: Problem(
        HTTPStatus.CONFLICT,
        "notes-without-cards",
        "Some notes would have no cards",
        lambda error: (
            f"With these fields and templates {error.notes} notes would have no card. Nothing was changed. Let a "
            "template ask for a field that they have."
        ),
    ),
    errors.BrokenTemplate: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "broken-template",
        "A template cannot be used",
        lambda error: f"The {error.side} of the template {error.template!r}: {error.reason}.",
        members=lambda error: {"template": error.template, "side": error.side},
    ),
    errors.SearchNotUnderstood: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "search-not-understood",
        "The search cannot be read",
        lambda error: f"At character {error.position + 1}: {error.reason}.",
        members=lambda error: {"position": error.position},
    ),
    errors.ChangedSince: Problem(
        HTTPStatus.PRECONDITION_FAILED,
        "changed-since",
        "It has been changed since you read it",
        says("Nothing was changed: it is not any more what 'If-Match' names. Read it again, and decide anew."),
        lambda error: {"ETag": f'"{error.change}"'},
    ),
    errors.NothingToUndo: Problem(
        HTTPStatus.CONFLICT,
        "nothing-to-undo",
        "The card has no review to take back",
        says("It was never reviewed, or every review was taken back already."),
    ),
    errors.DeletionNotFound: Problem(
        HTTPStatus.NOT_FOUND,
        "deletion-not-found",
        "There is no such deletion",
        says("It was taken back already, or is older than 24 hours."),
    ),
    errors.DeckIsDeleted: Problem(
        HTTPStatus.CONFLICT,
        "deck-is-deleted",
        "The deck that this lay in is deleted, too",
        says("Nothing was changed. Restore the deletion of the deck first: it is the later one."),
        members=lambda error: {"deck_id": error.deck_id},
    ),
    errors.RestoreMakesTooManyCards: Problem(
        HTTPStatus.CONFLICT,
        "restore-makes-too-many-cards",
        "Restoring this would make too many cards at once",
        lambda error: (
            f"The note type {error.note_type!r} was changed after the deletion, and restoring would make more than "
            f"{error.most} cards by it. Nothing was changed. Give it the templates that it had, restore, and then "
            "change it again."
        ),
        members=lambda error: {"note_type": error.note_type, "most": error.most},
    ),
    errors.IdempotencyKeyReused: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "idempotency-key-reused",
        "Another request had this Idempotency-Key",
        says("Nothing was changed. Send a key of its own with each request; the same only to repeat one."),
    ),
    errors.StaleReview: Problem(
        HTTPStatus.CONFLICT,
        "stale-review",
        "The card has been reviewed since it was shown",
        says("Nothing was changed. The member 'card' is the card as it now is."),
        members=lambda error: {"card": CardView.of(error.card).model_dump(mode="json")},
    ),
}
