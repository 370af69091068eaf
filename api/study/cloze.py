"""Cloze deletions: parts of a field that are asked for, as {{c1::text}} or {{c1::text::hint}}, one within another."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

_MARKER = re.compile(r"\{\{c([0-9]{1,3}(?:,[0-9]{1,3})*)::|\}\}")
_NUMBERS = range(1, 501)
_NONE = 0


def numbers(text: str) -> set[int]:
    """Return which deletions there are."""
    return {number for marker in _markers(text) for number in _numbers(marker[1])}


def question(text: str, number: int) -> str:
    """Return text with a blank for each deletion of this number; nothing if there is none, as in Anki."""
    markers = _markers(text)
    return _written(text, markers, number, _hide) if _are_among(markers, number) else ""


def answer(text: str, number: int) -> str:
    """Return text with each deletion of this number marked; nothing if there is none, as in Anki."""
    markers = _markers(text)
    return _written(text, markers, number, _mark) if _are_among(markers, number) else ""


def deleted(text: str, number: int) -> str:
    """Return what the deletions of this number hide, with commas between, and once what they hide alike."""
    hidden: list[str] = []
    _written(text, _markers(text), number, lambda written, deletion: hidden.append("".join(written[deletion.begin :])))
    return ", ".join(hidden if len(set(hidden)) > 1 else hidden[:1])


def without_deletions(text: str) -> str:
    """Return text as it reads when nothing is deleted."""
    return _written(text, _markers(text), _NONE, _mark)


@dataclass(slots=True)
class _Deletion:
    """A deletion being written. `begin` is its place in what is written; active is the outermost of the number."""

    begin: int
    active: bool
    within_active: bool
    hint: str = ""


def _written(
    text: str, markers: Iterable[re.Match[str]], number: int, finish: Callable[[list[str], _Deletion], None]
) -> str:
    written: list[str] = []
    opened: list[_Deletion] = []
    position = 0
    for marker in markers:
        _write(text[position : marker.start()], written, opened)
        position = marker.end()
        if marker[1] is not None:
            opened.append(_opened(marker, number, written, opened))
        elif (deletion := opened.pop()).active:
            finish(written, deletion)
    written.append(text[position:])
    return "".join(written)


def _write(text: str, written: list[str], opened: list[_Deletion]) -> None:
    shown, separator, hint = text.partition("::") if opened else (text, "", "")
    written.append(shown)
    if separator:
        opened[-1].hint = hint


def _opened(marker: re.Match[str], number: int, written: list[str], opened: list[_Deletion]) -> _Deletion:
    within = bool(opened) and (opened[-1].active or opened[-1].within_active)
    # A place to be filled when the deletion ends: nothing that is written moves.
    written.append("")
    return _Deletion(len(written) - 1, number in _numbers(marker[1]) and not within, within)


def _hide(written: list[str], deletion: _Deletion) -> None:
    written[deletion.begin :] = [f'<span class="cloze">[{deletion.hint or "..."}]</span>']


def _mark(written: list[str], deletion: _Deletion) -> None:
    written[deletion.begin] = '<span class="cloze">'
    written.append("</span>")


def _markers(text: str) -> list[re.Match[str]]:
    """Return those markers that belong together: an end for each beginning. The others are text."""
    if "{{c" not in text:
        return []
    found = [marker for marker in _MARKER.finditer(text) if marker[1] is None or _numbers(marker[1])]
    opened: list[int] = []
    paired: set[int] = set()
    for place, marker in enumerate(found):
        if marker[1] is not None:
            opened.append(place)
        elif opened:
            paired |= {opened.pop(), place}
    return [marker for place, marker in enumerate(found) if place in paired]


def _are_among(markers: Iterable[re.Match[str]], number: int) -> bool:
    return any(number in _numbers(marker[1]) for marker in markers)


@lru_cache(maxsize=1024)
def _numbers(listed: str | None) -> tuple[int, ...]:
    return tuple(number for number in map(int, (listed or "0").split(",")) if number in _NUMBERS)
