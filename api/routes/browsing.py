"""Finding cards: by a search, or by having changed."""

from apiflask import APIBlueprint
from pydantic import Field, model_validator

from api import pagination
from api.authentication import signed_in
from api.collection import browsing, cards, changes
from api.collection.browsing import Sort
from api.errors import SearchNotUnderstood
from api.problems import raises
from api.routes.card_format import FormatQuery
from api.routes.synchronising import ChangePage, SinceQuery
from api.services import services
from api.shapes import CardView
from api.writing import Collection
from auth.claim_rules import MAX_ID
from auth.claims import COLLECTION_READ, Claims

bp = APIBlueprint("browsing", __name__, url_prefix="/v1", tag="Search")


class BrowseQuery(SinceQuery, FormatQuery):
    """Which cards: those that a search finds, in an order; or those that have changed."""

    q: str = Field(default="", description="A search, as docs/search.md says; all cards when empty.")
    sort: Sort = Sort.ADDED

    @model_validator(mode="after")
    def _asks_for_one_thing(self) -> "BrowseQuery":
        if self.updated_since is not None and self.q:
            raise ValueError("must not have both q and updated_since")
        return self


class CardPage(ChangePage):
    """Cards in the order that was asked for; with `updated_since` in the order of their changes."""

    items: list[CardView]


@bp.get("/cards")
@signed_in(COLLECTION_READ)
@bp.input(BrowseQuery, location="query", arg_name="query")
@bp.output(CardPage)
@raises(SearchNotUnderstood)
def list_cards(query: BrowseQuery, caller: Claims) -> CardPage:
    """Search your cards, or list those that have changed; a page of very long cards ends sooner."""
    with services().collections.reading(caller.user_id) as collection:
        return _found(collection, query) if query.updated_since is None else _changed(collection, query)


def _found(collection: Collection, query: BrowseQuery) -> CardPage:
    after = None if query.cursor is None else pagination.pair_of(query.cursor)
    found = browsing.find(collection, query.q, query.sort, after, query.limit + 1)
    shown = [each.card for each in found]
    items, cursor = pagination.page_of(found, cards.fitting(shown, query.limit), lambda each: list(each.position))
    return CardPage(
        items=[CardView.of(each.card, as_text=query.is_text) for each in items],
        next_cursor=cursor,
        deleted_ids=[],
        change=changes.latest(collection),
    )


def _changed(collection: Collection, query: BrowseQuery) -> CardPage:
    since = (query.updated_since or 0, MAX_ID) if query.cursor is None else pagination.pair_of(query.cursor)
    found = changes.of_cards(collection, *since, query.limit)
    return CardPage(
        items=[CardView.of(card, as_text=query.is_text) for card in found.items],
        next_cursor=None if found.next_position is None else pagination.cursor_of(list(found.next_position)),
        deleted_ids=found.deleted_ids,
        change=changes.latest(collection),
    )
