"""Reads a search in the common part of Anki's language into the terms it consists of."""

from api.errors import SearchNotUnderstood
from api.study import search_keywords
from api.study.search_terms import EVERYTHING, AllOf, AnyOf, Not, Query
from api.study.search_tokens import Kind, Token, tokens

MOST_TERMS = 50
DEEPEST = 20

_OPERATORS = {Kind.AND, Kind.OR}


def parse(search: str) -> Query:
    """Read a search; one without terms finds everything. SearchNotUnderstood."""
    return _Reading(search).query()


class _Reading:
    """A search as it is read from left to right: a minus binds more than `and`, and that more than `or`."""

    def __init__(self, search: str) -> None:
        self._tokens = list(tokens(search))
        self._place = 0
        self._depth = 0

    def query(self) -> Query:
        """Read all of the search."""
        self._require_few_terms()
        if len(self._tokens) == 1:
            return EVERYTHING
        query = self._any_of()
        if self._following.kind is not Kind.END:
            raise self._unexpected()
        return query

    def _any_of(self) -> Query:
        queries = [self._all_of()]
        while self._following.kind is Kind.OR:
            self._take()
            queries.append(self._all_of())
        return queries[0] if len(queries) == 1 else AnyOf(tuple(queries))

    def _all_of(self) -> Query:
        queries = [self._one()]
        while self._following.kind not in {Kind.OR, Kind.CLOSE, Kind.END}:
            if self._following.kind is Kind.AND:
                self._take()
            queries.append(self._one())
        return queries[0] if len(queries) == 1 else AllOf(tuple(queries))

    def _one(self) -> Query:
        if self._following.kind is Kind.MINUS:
            self._require_unwanted(self._take())
            return Not(self._wanted())
        return self._wanted()

    def _wanted(self) -> Query:
        if self._following.kind is Kind.OPEN:
            return self._parenthesis()
        if self._following.kind is not Kind.TERM:
            raise self._unexpected()
        return search_keywords.read(self._take())

    def _parenthesis(self) -> Query:
        opening = self._take()
        self._depth += 1
        if self._depth > DEEPEST:
            raise SearchNotUnderstood(opening.position, f"parentheses can be {DEEPEST} deep")
        query = self._any_of()
        if self._following.kind is not Kind.CLOSE:
            raise _never_closed(opening)
        self._take()
        self._depth -= 1
        return query

    @property
    def _following(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._following
        self._place += 1
        return token

    def _require_unwanted(self, minus: Token) -> None:
        following = self._following
        if following.kind not in {Kind.TERM, Kind.OPEN} or following.position != minus.position + 1:
            raise SearchNotUnderstood(
                minus.position, r"what is not wanted follows a minus; for the sign itself write \-"
            )

    def _require_few_terms(self) -> None:
        terms = [token for token in self._tokens if token.kind is Kind.TERM]
        if len(terms) > MOST_TERMS:
            raise SearchNotUnderstood(terms[MOST_TERMS].position, f"a search can have {MOST_TERMS} terms")

    def _unexpected(self) -> SearchNotUnderstood:
        """Say what is wrong where a term should be, or where a search should end."""
        following, previous = self._following, self._tokens[max(self._place - 1, 0)]
        for token in (previous, following):
            if token.kind in _OPERATORS:
                reason = f'terms belong on both sides of "{token.text}"; the word itself is written in quotes'
                return SearchNotUnderstood(token.position, reason)
        if following.kind is Kind.END:
            return _never_closed(previous)
        if previous.kind is Kind.OPEN:
            return SearchNotUnderstood(previous.position, "nothing is within this parenthesis")
        return SearchNotUnderstood(following.position, "this parenthesis closes none")


def _never_closed(opening: Token) -> SearchNotUnderstood:
    return SearchNotUnderstood(opening.position, "this parenthesis is never closed")
