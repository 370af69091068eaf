import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import encoding


@given(st.binary())
def test_what_is_encoded_is_decoded_again(data: bytes) -> None:
    assert encoding.decode(encoding.encode(data)) == data


@pytest.mark.parametrize("text", ["QQ==", "QR", "Q", "Q Q", "Q+", "Q/", "QQ\n", "é"])
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        encoding.decode(text)


def test_a_random_id_has_128_bits() -> None:
    assert len(encoding.decode(encoding.random_id())) == 16


@pytest.mark.parametrize(
    "data",
    [
        b"[]",
        b'"text"',
        b"1",
        b"",
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":1} x',
    ],
)
def test_json_with_surprises_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        encoding.parse_object(data)


def test_an_object_is_written_without_spaces_and_read_again() -> None:
    members = {"b": 1, "a": [True, None, "é"]}

    data = encoding.dump_object(members)

    assert b" " not in data
    assert encoding.parse_object(data) == members


def test_no_random_id_looks_like_an_option() -> None:
    assert not any(encoding.random_id().startswith("-") for _ in range(1000))
