"""The words and pairs of words of a post by the place where they stand, as the fit counts them."""

import re
from collections.abc import Iterator, Mapping

#: The places whose words count, and how many words of each: posts say what matters at the beginning.
WORD_PLACES: Mapping[str, int] = {"title": 40, "summary": 160, "intro": 120, "impact": 160, "prepare": 120}
#: The places whose pairs of words count as well.
PAIR_PLACES = frozenset({"title", "summary", "intro"})
_WORD = re.compile(r"[a-z][a-z0-9]*(?:['-][a-z0-9]+)*|[.;:!?,|\n(]")
_DENIALS = frozenset(("not", "no", "without", "never", "cannot", "don't", "doesn't", "won't", "isn't", "aren't"))
#: Words before which a negation reaches; a sign ends it as well.
_REACH = 3
#: What marks a word within a negation: "not enabled" is not "enabled".
DENIED = "~"


def terms(place: str, text: str) -> Iterator[tuple[str, int]]:
    """Each word and pair of words of a lower-case text, and where it begins in it."""
    room = WORD_PLACES[place]
    pairs = place in PAIR_PLACES
    before = ""
    reach = 0
    for found in _WORD.finditer(text):
        word = found[0]
        if not word[0].isalpha():
            before, reach = "", 0
            continue
        room -= 1
        if room < 0:
            return
        if reach:
            reach -= 1
            word = DENIED + word
        elif word in _DENIALS:
            reach = _REACH
        yield word, found.start()
        if pairs and before:
            yield f"{before} {word}", found.start()
        before = word
