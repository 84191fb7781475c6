"""Whom it concerns."""

from collections.abc import Iterator

from shared.core.posts.classification import FieldName
from shared.core.posts.particulars import Audience
from shared.core.terms import AudienceKind
from shared.core.text.safe import clean
from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case, in_one_line
from shared.core.words.dates import listed
from shared.core.words.particulars import AUDIENCES
from shared.core.words.people import clear_names

_PEOPLE: tuple[tuple[FieldName, str], ...] = (("user_impact", "users"), ("admin_impact", "admins"))
_SHOWN = 8
_LONGEST_NAME = 6
"""Words."""
_LONGEST_SOURCE = 3


def audience(case: Case) -> Iterator[Part]:
    """Users, admins or both of the services, as the impact on each says; nothing where neither notices anything."""
    classification = case.classification
    names = [(name, who) for name, who in _PEOPLE if getattr(classification, name) != "low"]
    surely = [who for name, who in names if case.sure(name)]
    probably = [who for name, who in names if not case.sure(name) and not case.unsure(name)]
    if not surely and not probably:
        return
    people = ", ".join(
        filter(None, (listed(surely), f"probably also {listed(probably)}" if surely and probably else ""))
    )
    people = people or f"probably {listed(probably)}"
    services = listed(list(dict.fromkeys(clean(service) for service in case.post.services)))
    of = f" of {services}" if services else ""
    sentence = f"{people}{of}."
    yield Part(sentence[:1].upper() + sentence[1:], case.source(*(name for name, _ in names)))


def affected(case: Case) -> Iterator[Part]:
    """Roles, licences, platforms and prerequisites that the post names, one line each."""
    for kind, label in AUDIENCES.items():
        yield from _line(case, kind, "Concerned" if kind == "other" else label)


def _line(case: Case, kind: AudienceKind, label: str) -> Iterator[Part]:
    named = clear_names(case.particulars.audience, kind)
    if kind == "other":  # of a few words nobody knows whether they are asked for or spared
        named = tuple(each for each in named if len(each.name.split()) > _LONGEST_NAME)
    names = list(dict.fromkeys(filter(None, (_name(each) for each in named))))
    if not names:
        return
    shown = names[:_SHOWN]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    quotes = dict.fromkeys(f"“{each.words}”" for each in named)
    source = f"the post: {'; '.join(list(quotes)[:_LONGEST_SOURCE])}"
    yield Part(f"{label}: {', '.join(shown)}{more}", source)


def _name(each: Audience) -> str:
    """A name, or, where it is as long as a clause and may be cut out of one, the post's sentence."""
    if len(each.name.split()) <= _LONGEST_NAME:
        return each.name
    words = in_one_line(each.words)
    return f"“{words}”" if each.name in words else ""
