"""Why a value was chosen: the sentence of the post without which it would lose most, if that speaks of the field."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from shared.core.classify.bearing import bears, says_it, spares_users
from shared.core.classify.document import Document
from shared.core.classify.evidence import FORMULA
from shared.core.classify.findings import Findings
from shared.core.classify.headings import Role
from shared.core.classify.marks import mark_words
from shared.core.text.safe import cut
from shared.core.text.wording import sentences

NOTHING_AGAINST = "nothing speaks against it"
NO_SENTENCE = "no one sentence says so"
UNSAID = frozenset({NO_SENTENCE, NOTHING_AGAINST, ""})
"""Reasons that quote nothing."""
# What a post says of nothing in particular.
_NEUTRAL = {"default": {"on", "n/a"}, "need": {"none"}, "user": {"low"}}

# How many of the findings that count most are looked for in the text, and what a sentence must count to be a reason.
_LOOKED_FOR = 16
_LEAST = 10
# A sentence is the reason beside what Graph says that counts up to this many times as much.
_DROWNED = 4.0
# How much more a sentence counts that names the field in so many words.
_SAID = 4.0
_SILENT = (0.0, "")
# Characters of a reason.
_LONGEST = 400
_TAG = "tags"
#: The tags that name a kind.
_KINDS = ("tags: new feature", "tags: feature update", "tags: retirement")
# What a post is about stands at its beginning: what it advises may tell the kinds apart, and is no reason.
_SAYS_KIND = ("title", "intro")
# Rows of the compliance table are questions of a template.
_SAYS_NOTHING = (_TAG, "compliance")
#: What Graph says that explains a value; of kinds only tags do.
_GRAPHS = {
    "need": ("graph_act_by:yes", "severity:critical", "severity:high"),
    "user": ("family:admin", "family:business", "service: "),
}

#: A finding by name, and what it counts for the value against the next best.
Leads = Iterable[tuple[float, str]]


def reason(findings: Findings, field: str, value: str, words: Leads, marks: Leads) -> str:
    """In words for people: a sentence of the post, what Graph says, or that nothing says so. Never a circle.

    `words`: what the post's own words count; `marks`: what Graph's fields and earlier decisions count.
    """
    if field == "user" and value == "low" and (spared := spares_users(findings.places.lower.get("text", ""))):
        return cut(findings.places.sentence("text", *spared.span()), _LONGEST)
    told = list(words)
    counts, sentence = _strongest_sentence(findings, field, value, told)
    known = _GRAPHS.get(field, ())
    tags = (each for each in told if each[1].startswith(_KINDS)) if field == "kind" else ()
    graphs = (each for each in marks if each[1].startswith(known)) if known else ()
    lead, name = max((*tags, *graphs), default=_SILENT)
    if counts >= _LEAST and lead <= counts * _DROWNED:
        return cut(sentence, _LONGEST)
    if lead >= _LEAST:
        return findings.sentence(name) if name.startswith(_TAG) else mark_words(name)
    if field == "kind":
        return findings.places.whole("title") or NO_SENTENCE
    return NOTHING_AGAINST if value in _NEUTRAL.get(field, ()) else NO_SENTENCE


def _strongest_sentence(findings: Findings, field: str, value: str, words: Leads) -> tuple[float, str]:
    """The sentence that counts most, of those that speak of the field; a line that only leads to a list never does."""
    by_sentence: dict[str, float] = defaultdict(float)
    silent = _SAYS_NOTHING if field == "kind" or value == "removed" else (*_SAYS_NOTHING, "title")
    who = findings.places.whole("audience") if field == "user" else ""
    ranking = sorted([(abs(lead), name, lead) for lead, name in words if lead], reverse=True)
    told = (
        (name, lead)
        for _, name, lead in ranking
        if not name.startswith(silent) and (field != "kind" or name.startswith(_SAYS_KIND))
    )
    for name, lead in islice(told, _LOOKED_FOR):
        by_sentence[findings.sentence(name)] += lead
    ranked = (
        (counts * _SAID if says_it(field, sentence) else counts, sentence)
        for sentence, counts in by_sentence.items()
        if counts > 0
    )
    return next((each for each in sorted(ranked, reverse=True) if bears(field, value, each[1], who)), _SILENT)


def first_that_bears(field: str, value: str, document: Document, *roles: Role) -> str:
    """The first sentence of these parts that speaks of the field, without the formulas of every post; else nothing."""
    told = (each for role in roles for line in document.of(role) for each in sentences(line.text))
    bearing = (each for each in told if bears(field, value, each) and not FORMULA.search(each))
    return cut(next(bearing, ""), _LONGEST)
