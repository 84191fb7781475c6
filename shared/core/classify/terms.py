"""The words and pairs of words of a post by the place where they stand, as the fit counts them."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from shared.core.text.wording import Wording

#: The places whose words count, and how many words of each: posts say what matters at the beginning.
WORD_PLACES: Mapping[str, int] = {"title": 40, "summary": 120, "intro": 80}
#: The places whose pairs of words count as well.
PAIR_PLACES = frozenset({"title", "summary", "intro"})
#: How a term is called: `place= words`.
TERM = "= "
_TOKEN = Wording(r"[a-z][a-z0-9]*+(?:['-][a-z0-9]++)*+|[.;:!?,|\n(]")
_SIGNS = frozenset(".;:!?,|\n(")
_DENIALS = frozenset(("not", "no", "without", "never", "cannot", "don't", "doesn't", "won't", "isn't", "aren't"))
#: Words before which a negation reaches; a sign ends it as well.
_REACH = 3
_LONGEST_WORD = 12
#: What marks a word within a negation: "not enabled" is not "enabled".
DENIED = "~"


#: The known terms of a place, without its name.
Vocabulary = frozenset[str]


def vocabularies(known: Iterable[str]) -> dict[str, Vocabulary]:
    """The terms among known names, by place."""
    split = [name.partition(TERM) for name in known]
    return {place: frozenset(term for at, sign, term in split if sign and at == place) for place in WORD_PLACES}


def terms(place: str, text: str, known: Vocabulary | None) -> dict[str, str]:
    """The words and pairs of the beginning of a lower-case text, of those that are known: by name, as it says them."""
    tokens = _tokens(text, WORD_PLACES[place])
    pairs = map(" ".join, pairwise(tokens)) if place in PAIR_PLACES else ()
    if known is None:
        found = set(tokens) - _SIGNS
        found.update(pair for pair in pairs if _SIGNS.isdisjoint(pair.split(" ")))
    else:
        found = {*known.intersection(tokens), *known.intersection(pairs)}
    head = place + TERM
    return {head + term: term.rpartition(" ")[2].removeprefix(DENIED) for term in found}


def _tokens(text: str, most: int) -> list[str]:
    """The first words of a text, and the signs between them; words within a negation marked as denied."""
    tokens = _TOKEN.findall(text, 0, most * _LONGEST_WORD)
    if len(tokens) > most:
        words = [number for number, token in enumerate(tokens) if token not in _SIGNS]
        if len(words) > most:
            del tokens[words[most] :]
    if not _DENIALS.isdisjoint(tokens):
        _deny(tokens)
    return tokens


def _deny(tokens: list[str]) -> None:
    reach = 0
    for number, token in enumerate(tokens):
        if token in _SIGNS:
            reach = 0
        elif reach:
            reach -= 1
            tokens[number] = DENIED + token
        elif token in _DENIALS:
            reach = _REACH
