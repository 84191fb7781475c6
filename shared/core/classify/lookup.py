"""All phrases of one place looked for at once: a single pattern that shares what phrases have in common.

A search for each of some hundred phrases was a third of what it costs to read a post.
"""

import re
from collections.abc import Iterable
from functools import cached_property

#: What follows a beginning that phrases share, letter by letter; an empty key ends a phrase.
_Trie = dict[str, "_Trie"]
_END = ""


class Lookup:
    """Finds phrases in lower-case texts that begin with a space: each where a word begins.

    A phrase that begins with a sign is found anywhere. Of a phrase with gaps only the head is looked for.
    """

    def __init__(self, heads: Iterable[str]) -> None:
        self._heads = frozenset(heads)
        self._within: dict[str, tuple[str, ...]] = {}

    def find(self, text: str) -> list[tuple[str, int]]:
        """Each phrase that stands in the text and where, from its beginning to its end."""
        found: list[tuple[str, int]] = []
        for match in self._pattern.finditer(text):
            group = match.lastindex or 0
            longest, start = match[group], match.start(group)
            for head in self._within.get(longest) or self._learn(longest):
                found.append((head, start))  # noqa: PERF401 - twice as fast as a generator here
        return found

    def _learn(self, longest: str) -> tuple[str, ...]:
        """The phrases that a phrase begins with, and itself."""
        ends = range(1, len(longest) + 1)
        found = self._within[longest] = tuple(longest[:end] for end in ends if longest[:end] in self._heads)
        return found

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = _trie(head for head in self._heads if head[:1].isalnum())
        signs = _trie(head for head in self._heads if not head[:1].isalnum())
        # Only what stands before a word is consumed, so that a phrase may begin within another. A pattern that begins
        # with a set of characters is found much faster than one that begins with a condition.
        parts = [rf"[^a-z0-9](?=({_regex(words)}))"] if words else []
        parts += [rf"(?=({_regex(signs)}))"] if signs else []
        return re.compile("|".join(parts) or r"(?!)")


def _trie(phrases: Iterable[str]) -> _Trie:
    root: _Trie = {}
    for phrase in phrases:
        node = root
        for letter in phrase:
            node = node.setdefault(letter, {})
        node[_END] = {}
    return root


def _regex(node: _Trie) -> str:
    """A pattern for the longest phrase below a node."""
    branches = [re.escape(letter) + _regex(below) for letter, below in sorted(node.items()) if letter]
    if not branches:
        return ""
    if _END in node:
        return f"(?:{'|'.join(branches)})?"
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
