"""What follows on paper for a million users: arithmetic over measured figures, each line with its numbers."""

from collections.abc import Callable, Mapping

from loadtests.capacity.plan import Rows

USERS = 1_000_000
ACTIVE = 50_000
"""People who study on one day: one in twenty."""
REVIEWS = 200
"""Of each of them on that day; each is a request for the next card, and one that answers it."""
CARDS = 1_000
"""In each collection."""
SESSIONS = 2
"""Of each user: a browser and a telephone."""
BUSIEST = 0.1
"""The share of a day's work that falls into its busiest hour."""
HOUR = 3600
REMEMBERED = 11
"""Minutes for which an entry is kept: the lifetime of an access token, and one more."""

_UNITS = (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def on_paper(document: Mapping[str, Rows]) -> list[str]:
    """Return what the figures come to, a line each. What was not measured has none."""
    told = [tell(*(document[axis] for axis in needed)) for tell, needed in _LINES if _has(document, needed)]
    heading = (
        f"{USERS:,} users with {CARDS:,} cards and {SESSIONS} sessions each; {ACTIVE:,} of them study on a day, "
        f"{REVIEWS} cards each, {BUSIEST:.0%} of that in the busiest hour"
    )
    return [heading, *told] if told else []


def _has(document: Mapping[str, Rows], needed: Mapping[str, set[str]]) -> bool:
    return all(document.get(axis) and figures <= document[axis][0].keys() for axis, figures in needed.items())


def _collections(rows: Rows) -> str:
    room = rows[-1]["collection_bytes"]
    return f"collections on disk, without cards: {USERS:,} × {room:,.0f} B = {_size(USERS * room)}"


def _cards(rows: Rows) -> str:
    few, many = rows[0], rows[-1]
    each = (many["disk_bytes"] - few["disk_bytes"]) / (many["cards"] - few["cards"])
    return f"cards on disk: {USERS:,} × {CARDS:,} × {each:,.0f} B = {_size(USERS * CARDS * each)}"


def _open_collections(rows: Rows) -> str:
    few, many = rows[0], rows[-1]
    opened, grown = many["open_collections"] - few["open_collections"], many["worker_bytes"] - few["worker_bytes"]
    return (
        f"memory of a worker that keeps the collections of the busiest hour open: {ACTIVE:,} × {BUSIEST} × "
        f"{grown:,.0f} B / {opened:,.0f} = {_size(ACTIVE * BUSIEST * grown / opened)}"
    )


def _sessions(rows: Rows) -> str:
    each = rows[-1]["disk_bytes_per_session"]
    return f"sessions on disk: {USERS:,} × {SESSIONS} × {each:,.0f} B = {_size(USERS * SESSIONS * each)}"


def _tokens(rows: Rows) -> str:
    each = rows[-1]["worker_bytes_per_session"]
    return f"memory of a worker that has seen a day's tokens: {ACTIVE:,} × {each:,.0f} B = {_size(ACTIVE * each)}"


def _sign_ins(rows: Rows) -> str:
    cost = rows[-1]["sign_in_us"] / 1e6
    cores = ACTIVE * BUSIEST / HOUR * cost
    return (
        f"sign-ins, if all who study sign in once: {ACTIVE:,} × {BUSIEST} / {HOUR} s × {cost * 1e3:.1f} ms = "
        f"{cores:.2f} cores; one core has 1 / {cost * 1e3:.1f} ms = {1 / cost:.1f} a second"
    )


def _ended(rows: Rows) -> str:
    each = _bytes_of_entry(rows)
    entries = ACTIVE * BUSIEST * REMEMBERED / 60
    return (
        f"memory of a worker for revoked entries, if all who study sign out: {ACTIVE:,} × {BUSIEST} × {REMEMBERED} / "
        f"60 × {each:,.0f} B = {_size(entries * each)}"
    )


def _all_ended(rows: Rows) -> str:
    each = _bytes_of_entry(rows)
    return (
        f"the same, if every session is ended within {REMEMBERED} minutes: {USERS:,} × {SESSIONS} × {each:,.0f} B = "
        f"{_size(USERS * SESSIONS * each)}"
    )


def _reviews(cards: Rows, workers: Rows) -> str:
    light, card = workers[-1]["cpu_us_per_request"], cards[0]
    # Cards were measured within a process: what a server adds is in the light read, which all requests have in common.
    to_find, to_record = card["next_us"] - card["read_us"], card["review_us"] - card["read_us"]
    cost = 2 * light + to_find + to_record
    return (
        f"reviews, each two light reads, and what it takes to find a card and to record an answer: {ACTIVE:,} × "
        f"{REVIEWS} × {BUSIEST} / {HOUR} s × (2 × {light:,.0f} + {to_find:,.0f} + {to_record:,.0f}) µs = "
        f"{ACTIVE * REVIEWS * BUSIEST / HOUR * cost / 1e6:.2f} cores"
    )


def _bytes_of_entry(rows: Rows) -> float:
    few, many = rows[0], rows[-1]
    return (many["bytes"] - few["bytes"]) / (many["entries"] - few["entries"])


def _size(size: float) -> str:
    for name, unit in _UNITS:
        if size >= unit:
            return f"{size / unit:.2f} {name}"
    return f"{size:.0f} B"


_LINES: tuple[tuple[Callable[..., str], Mapping[str, set[str]]], ...] = (
    (_collections, {"users": {"collection_bytes"}}),
    (_cards, {"cards": {"cards", "disk_bytes"}}),
    (_sessions, {"sessions": {"disk_bytes_per_session"}}),
    (_open_collections, {"users": {"open_collections", "worker_bytes"}}),
    (_tokens, {"sessions": {"worker_bytes_per_session"}}),
    (_ended, {"revoked": {"entries", "bytes"}}),
    (_all_ended, {"revoked": {"entries", "bytes"}}),
    (_sign_ins, {"sessions": {"sign_in_us"}}),
    (_reviews, {"cards": {"read_us", "next_us", "review_us"}, "workers": {"cpu_us_per_request"}}),
)
"""Each with the figures of each axis that it takes."""
