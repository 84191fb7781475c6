"""JQL, as far as looking a ticket up needs it; what else it can say is refused in Jira's words."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Query = Callable[[Mapping[str, Any]], bool]
_CLAUSE = re.compile(
    r"(\w+)\s*(=|in)\s*(\((?:[^()\"]|\"(?:[^\"\\]|\\.)*\")*\)|\"(?:[^\"\\]|\\.)*\"|[\w.-]+(?:\(\))?)", re.IGNORECASE
)
_VALUE = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|([\w.-]+(?:\(\))?)")
US = "5b10ac8d82e05b22cc7d4ef5"
"""Our user's account id."""
_FIELDS = {"labels": "labels", "project": "project", "key": "key", "issuekey": "key", "id": "id", "creator": "creator"}


class BadQueryError(ValueError):
    """A query that Jira would not take."""


def parse(jql: str) -> Query:
    """Whether what the index holds of an issue (`labels`, `project`, `key`, `id`, `creator`) is found by the query.

    Clauses are joined by AND; the order is always that of creation. Raises BadQueryError.
    """
    text = re.sub(r"\s+order\s+by\s+(created|key|id)(\s+asc)?\s*$", "", jql, flags=re.IGNORECASE).strip()
    if not text:
        raise BadQueryError(
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
        )
    clauses: list[tuple[str, set[str]]] = []
    at = 0
    while at < len(text):
        clause = _CLAUSE.match(text, at)
        if not clause or clause[1].lower() not in _FIELDS:
            raise BadQueryError(
                f"Error in the JQL Query: '{text[at : at + 40]}' is not understood. (line 1, character {at + 1})"
            )
        values = {re.sub(r"\\(.)", r"\1", quoted) if quoted else bare for quoted, bare in _VALUE.findall(clause[3])}
        values = {US if value.casefold() == "currentuser()" else value for value in values}
        clauses.append((_FIELDS[clause[1].lower()], values))
        joined = re.compile(r"\s+and\s+", re.IGNORECASE).match(text, clause.end())
        if clause.end() < len(text) and not joined:
            raise BadQueryError(
                f"Error in the JQL Query: Expecting operator but got the end. (line 1, character {clause.end()})"
            )
        at = joined.end() if joined else clause.end()

    def holds(issue: Mapping[str, Any]) -> bool:
        return all(values & set(issue[field]) for field, values in clauses)

    return holds
