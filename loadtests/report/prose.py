"""Measured numbers in documents: the table of the README, and numbers in prose, which can so be checked.

Each number in prose is followed by a comment that says what it is:

    A read takes 0.13 ms<!-- compare:read.ours.p50_us/1000:.2f --> with signed tokens.

`compare` is a file of results, `.2f` the format (`,.0f` sets thousands apart). Between them stand numbers, paths and
`added(kind, design)`, which is `Comparison.added`, with `*`, `/` and ` - ` between, from left to right. A path leads to
a number, or to a list of them and so to its median. In a list of rows, a step is the first member of the row that is
meant: `capacity:users.10000.zipf_read_us`. One word may stand between a number and its comment, such as its unit.
"""

import json
import operator
import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadtests.comparison import Comparison
from loadtests.report.documents import RESULTS
from loadtests.report.figures import THIN
from loadtests.report.tables import markdown_table

_FILES = "|".join(name.removesuffix(".json") for name in RESULTS)
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
"""Between what the table stands in the README."""

_SPACES = f" \u00a0{THIN}"
_COMMENT = re.compile(rf"<!--\s*(?:{_FILES}):")
_QUOTED = re.compile(
    rf"(?<![\d.])(?P<number>-?(?:\d{{1,3}}(?:[{_SPACES}]\d{{3}})+|\d+)(?:\.\d+)?)"
    rf"(?P<between>[{_SPACES}]?[^\s\d<]{{0,12}})"
    rf"(?P<comment><!--\s*(?P<file>{_FILES}):(?P<expression>[^:>]+):(?P<format>,?\.\df)\s*-->)"
)
_OPERATOR = re.compile(r"(\s*[*/]\s*|\s+-\s+)")
_OPERATORS: dict[str, Callable[[float, float], float]] = {"*": operator.mul, "/": operator.truediv, "-": operator.sub}
_NUMBER = re.compile(r"\d+(\.\d+)?")
_ADDED = re.compile(r"added\(\s*([\w-]+)\s*,\s*([\w-]+)\s*\)")


class Unwritable(Exception):
    """A document cannot be written anew."""


class NoSuchFigure(Unwritable):
    """A comment does not say what the number before it is, or there is nothing of the kind in the results."""


class NoMarkers(Unwritable):
    """A document has no place for the table."""


@dataclass(frozen=True)
class Results:
    """The files of results in a folder, as they are."""

    folder: Path

    def value(self, file: str, expression: str) -> float:
        """Return what an expression over a file comes to. NoSuchFigure."""
        document = self.document(file)
        first, *rest = _OPERATOR.split(expression.strip())
        result = _operand(document, first)
        for sign, operand in zip(rest[::2], rest[1::2], strict=True):
            result = _OPERATORS[sign.strip()](result, _operand(document, operand))
        return result

    def document(self, file: str) -> Any:
        """Return what a file holds. NoSuchFigure if it is not there."""
        path = self.folder / f"{file}.json"
        if not path.exists():
            raise NoSuchFigure(f"{path} is not there")
        return json.loads(path.read_text())


def write(results: Results, readme: Path | None, docs: Path | None) -> None:
    """Write table and numbers of a README anew, and the numbers of all documents in a folder. Unwritable."""
    texts = {path: path.read_text("utf-8") for path in sorted(docs.glob("*.md"))} if docs else {}
    if readme is not None:
        texts[readme] = with_table(readme.read_text("utf-8"), markdown_table(results.document("compare")))
    # All or none.
    for path, text in {path: rewritten(text, results) for path, text in texts.items()}.items():
        path.write_text(text, "utf-8")


def with_table(document: str, lines: list[str]) -> str:
    """Return a document with these lines between its markers. NoMarkers."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoMarkers(f"there is no {BEGIN} with {END} after it")
    return "\n".join([before + begin, "", *lines, "", end + after])


def rewritten(text: str, results: Results) -> str:
    """Return a text with each number in it that has a comment as the results have it. NoSuchFigure."""
    quoted = list(_QUOTED.finditer(text))
    known = {match.start("comment") for match in quoted}
    for comment in _COMMENT.finditer(text):
        if comment.start() not in known:
            at = text[comment.start() : comment.end() + 60].partition("-->")
            raise NoSuchFigure(f"{at[0]}{at[1]} does not follow a number, or does not say what it is")
    return _QUOTED.sub(lambda match: _told(match, results) + match["between"] + match["comment"], text)


def _told(match: "re.Match[str]", results: Results) -> str:
    try:
        value = results.value(match["file"], match["expression"])
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, StopIteration) as error:
        raise NoSuchFigure(f"{match['comment']}: {error!r}") from error
    return f"{value:{match['format']}}".replace(",", THIN)


def _operand(document: Any, operand: str) -> float:
    if _NUMBER.fullmatch(operand):
        return float(operand)
    if added := _ADDED.fullmatch(operand):
        return Comparison.of_json(document).added(*added.groups())
    for step in operand.split("."):
        document = _step(document, step)
    return float(statistics.median(document if isinstance(document, list) else [document]))


def _step(document: Any, step: str) -> Any:
    if isinstance(document, list):
        return next(row for row in document if _name(next(iter(row.values()))) == step)
    return document[step]


def _name(first: str | float) -> str:
    return first if isinstance(first, str) else f"{first:.10g}"
