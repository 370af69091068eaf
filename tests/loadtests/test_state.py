"""What it takes to read and to write what is kept of a caller."""

from loadtests import state


def test_sessions_are_read_and_written_and_tokens_are_only_read() -> None:
    found = {one.design: one for one in state.measure(3)}

    assert {name for name, one in found.items() if one.write_p50_us > 0} == {"files", "redis"}
    assert all(0 < one.read_p50_us <= one.read_p99_us for one in found.values())
