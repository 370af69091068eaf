from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.store.instants import from_ms, to_ms


@given(st.datetimes(datetime(1900, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)))
def test_an_instant_survives_to_the_millisecond(instant: datetime) -> None:
    assert timedelta(0) <= instant - from_ms(to_ms(instant)) < timedelta(milliseconds=1)
