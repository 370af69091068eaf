"""Instants as the databases keep them: whole milliseconds since 1970."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime.fromtimestamp(0, UTC)


def to_ms(instant: datetime) -> int:
    """Return Unix milliseconds, rounded down."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """Return the instant of Unix milliseconds, in UTC."""
    return _EPOCH + timedelta(milliseconds=ms)
