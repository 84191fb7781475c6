"""The way back: what the post itself names, with its last day; never that there is none where nobody looked."""

from collections.abc import Iterator

from shared.core.posts.particulars import WayOut
from shared.core.text.wording import any_of
from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case, in_one_line
from shared.core.words.dates import day

_MENTIONS = any_of(
    r"opt(?:ing|ed|s)?[- ]?(?:out|in)", r"turn(?:ing|ed)?\b[^.]{0,60}\boff", r"disabl(?:e|ed|ing)", r"revert",
    r"roll(?:ed|ing)? ?back", r"overrid(?:e|den|ing)", r"exclud(?:e|ed|ing)", r"exempt", r"postpone", r"defer",
    r"extend", r"extension", r"restore", r"undo", r"switch(?:ing)? back", r"go back", r"block(?:ed|ing)?", r"prevent",
    r"keep using", r"continue (?:to use|using)", r"toggle", r"remain on",
    r"support (?:case|team|ticket|request)", r"contact (?:Microsoft )?support", r"at any time",
    r"re-?enabl\w*", r"retain", r"bring back",
    r"not (?:be )?(?:impacted|affected)",
)  # fmt: skip
"""Words of a post that may name a way back that we did not read."""
_SHOWN = 3
_FEWEST_WORDS = 6


def backout(case: Case) -> Iterator[Part]:
    """Nothing for what does not come, or where words may name a way that was not read."""
    if not case.stands:
        return
    ways = [way for way in case.particulars.way_out if _leads_back(case, way)]
    yield from (_way(case, way) for way in ways[:_SHOWN])
    if case.particulars.way_out:
        return
    if case.classification.default == "off" and case.sure("default") and case.classification.kind != "retirement":
        yield Part("It is off until an admin turns it on: leave it off, or turn it off again.", case.source("default"))
    elif case.classification.kind not in {"maintenance", "info"} and not case.says(_MENTIONS):
        yield Part(
            f"No way back was read in the post: {case.owner} should find out whether there is one.",
            "the whole post, which has no word for one",
        )


def _leads_back(case: Case, way: WayOut) -> bool:
    """Turning off what is retired leads nowhere back; a few words, as of a heading, say no way."""
    retires = case.classification.kind == "retirement" or case.classification.default == "removed"
    if way.kind == "none":
        return True
    says_so = len(way.words.split()) >= _FEWEST_WORDS and _MENTIONS.search(way.words)
    return bool(says_so) and not (way.kind == "turn_off" and retires)


def _way(case: Case, way: WayOut) -> Part:
    words = in_one_line(way.words)
    source = f"the post: “{words}”"
    if way.kind == "none":
        return Part(f"The post says that there is none: “{words}”", source)
    if way.last_day and way.last_day < case.as_of:
        return Part(f"The way out was open until {day(way.last_day)}: “{words}”", source)
    until = f" (until {day(way.last_day)})" if way.last_day else ""
    return Part(f"The post's own way out{until}: “{words}”", source)
