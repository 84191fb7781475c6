"""The words and pairs of words of a post by the place where they stand, as the fit counts them."""

import re
from collections.abc import Container, Mapping

#: The places whose words count, and how many words of each: posts say what matters at the beginning.
WORD_PLACES: Mapping[str, int] = {"title": 40, "summary": 120, "intro": 80, "impact": 100, "prepare": 80}
#: The places whose pairs of words count as well.
PAIR_PLACES = frozenset({"title", "summary", "intro"})
#: How a term is called: `place= words`.
TERM = "= "
_WORD = re.compile(r"[a-z][a-z0-9]*(?:['-][a-z0-9]+)*|[.;:!?,|\n(]")
_SIGNS = frozenset(".;:!?,|\n(")
_DENIALS = frozenset(("not", "no", "without", "never", "cannot", "don't", "doesn't", "won't", "isn't", "aren't"))
#: Words before which a negation reaches; a sign ends it as well.
_REACH = 3
_LONGEST_WORD = 12
#: What marks a word within a negation: "not enabled" is not "enabled".
DENIED = "~"


def terms(place: str, text: str, known: Container[str] | None) -> dict[str, str]:
    """The words and pairs of the beginning of a lower-case text, of those that are known: by name, as it says them."""
    room = WORD_PLACES[place]
    head = place + TERM
    pairs = place in PAIR_PLACES
    found: dict[str, str] = {}
    before = ""
    reach = 0
    for word in _WORD.findall(text, 0, room * _LONGEST_WORD):
        if word in _SIGNS:
            before, reach = "", 0
            continue
        room -= 1
        if room < 0:
            break
        term = word
        if reach:
            reach -= 1
            term = DENIED + word
        elif word in _DENIALS:
            reach = _REACH
        name = head + term
        if known is None or name in known:
            found.setdefault(name, word)
        if pairs and before:
            name = f"{head}{before} {term}"
            if known is None or name in known:
                found.setdefault(name, word)
        before = term
    return found
