import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.claims import Claims
from auth.token_memory import TokenMemory, VerifiedToken
from tests.clocks import NOON


def verified(user_id: int = 1) -> VerifiedToken:
    claims = Claims(
        issuer="https://cards.example",
        audience="javumbo",
        user_id=user_id,
        client_id="web",
        scope=frozenset({"account"}),
        issued_at=NOON,
        expires_at=NOON + timedelta(minutes=10),
        token_id="j" * 22,
        session_id="s" * 22,
    )
    return VerifiedToken.of(claims, None)


def filled(texts: str, limit: int = 3) -> TokenMemory:
    memory = TokenMemory(limit)
    for text in texts:
        memory.add(text, verified())
    return memory


def remembered(memory: TokenMemory, texts: str) -> str:
    return "".join(text for text in texts if memory.get(text) is not None)


def test_what_was_added_is_remembered() -> None:
    memory = TokenMemory(3)

    memory.add("token", verified(5))

    assert memory.get("token") == verified(5)
    assert memory.get("token ") is None


def test_an_empty_memory_knows_nothing() -> None:
    memory = TokenMemory(3)

    assert memory.get("token") is None
    assert len(memory) == 0


def test_as_many_tokens_as_the_limit_are_remembered() -> None:
    assert remembered(filled("abc"), "abc") == "abc"


def test_a_full_memory_forgets_what_it_learnt_first() -> None:
    memory = filled("abcde")

    assert remembered(memory, "abcde") == "cde"
    assert len(memory) == 3


def test_asking_for_a_token_does_not_keep_it() -> None:
    memory = filled("abc")
    memory.get("a")

    memory.add("d", verified())

    assert remembered(memory, "abcd") == "bcd"


def test_a_token_that_is_added_twice_is_remembered_once() -> None:
    memory = filled("aa")

    assert len(memory) == 1


def test_a_token_that_is_added_again_to_a_full_memory_drives_no_other_out() -> None:
    memory = filled("abc")

    memory.add("c", verified())

    assert remembered(memory, "abc") == "abc"


def test_what_was_added_last_counts() -> None:
    memory = filled("a")

    memory.add("a", verified(7))

    assert memory.get("a") == verified(7)


def test_a_token_that_is_forgotten_makes_room() -> None:
    memory = filled("abc")

    memory.forget("b")
    memory.add("d", verified())

    assert remembered(memory, "abcd") == "acd"


def test_a_token_that_is_not_known_can_be_forgotten() -> None:
    memory = filled("a")

    memory.forget("b")

    assert remembered(memory, "ab") == "a"


def test_the_text_of_a_token_is_not_in_the_memory() -> None:
    memory = TokenMemory(3)

    memory.add("secret-token", verified())

    kept = repr(vars(memory))
    assert "secret-token" not in kept
    assert repr(hashlib.blake2b(b"secret-token", digest_size=32).digest()) in kept


@pytest.mark.parametrize("text", ["", "é", "\ud800", "\x00", "x" * 100_000])
def test_any_text_can_be_asked_for(text: str) -> None:
    memory = filled("a")

    assert memory.get(text) is None


@given(limit=st.integers(1, 5), texts=st.text(alphabet="abcdefgh", max_size=40))
def test_the_last_of_the_different_tokens_are_remembered_and_never_more(limit: int, texts: str) -> None:
    different = "".join(dict.fromkeys(texts))

    memory = filled(different, limit)

    assert remembered(memory, different) == different[-limit:]
    assert len(filled(texts, limit)) == min(limit, len(different))


def test_threads_that_add_at_once_never_exceed_the_limit() -> None:
    memory = TokenMemory(10)

    def add(number: int) -> int:
        memory.add(str(number), verified())
        return len(memory)

    with ThreadPoolExecutor(8) as threads:
        sizes = list(threads.map(add, range(2000)))

    assert max(sizes) == 10
    assert len(memory) == 10
