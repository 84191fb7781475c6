"""Which of a model's answers stand: those that the post itself says, by our own definitions and our own grammar (pure).

Every answer is judged alone here; what does not go with the rest falls in core/changes/second.py.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, get_args

from shared.core import ids
from shared.core.changes.second import ASKED, SecondField, SecondReading, contradictions
from shared.core.changes.settled import FieldValue, attribute_of
from shared.core.classify.bearing import bears
from shared.core.classify.dates.cues import dates
from shared.core.classify.demands import leaves_a_choice
from shared.core.classify.document import Document, Line, read_document
from shared.core.classify.rollouts import anchors
from shared.core.classify.scope import ENDS, Scope, merge, named_scope
from shared.core.classify.statements import is_there_now
from shared.core.classify.status import read_status
from shared.core.posts.classification import Classification, FieldName, Interval, Window
from shared.core.posts.post import Post
from shared.core.second.asking import Reply
from shared.core.second.quoting import Quotation, quotation
from shared.core.terms import Action, Cloud, Default, Impact, Kind, Phase, Status
from shared.core.text.safe import cut
from shared.core.text.wording import Wording, any_of

LONGEST_ANSWER = 60_000
"""Characters of an answer that are read; one of forty rollouts has a tenth of it."""
_MOST_ROLLOUTS = 40
_LONGEST_NAME = 80  # characters of what a model is called
NO_JSON = "it is no JSON of the form that was asked for"


@dataclass(frozen=True, slots=True)
class Judged:
    """A model's answers, each with whether it stands. `silent`: why there are none."""

    fields: Mapping[FieldName, SecondField]
    superseded_by: str = ""
    silent: str = ""


class _FallsError(Exception):
    """Why one answer does not stand."""


def judge(post: Post, text: str) -> Judged:
    """What a model's answer is worth. Never raises: whatever comes, the worst is that nothing stands."""
    answer = _parsed(text)
    if answer is None:
        return Judged({}, silent=NO_JSON)
    document = read_document(post)
    fields = {name: _judged(name, answer.get(name), document) for name in ASKED}
    superseded_by = ""
    status = fields["status"]
    if status.value == "superseded" and not status.fell:
        superseded_by = ids.normalise(str(answer["status"]["superseded_by"]))
        if superseded_by == post.id:
            fields["status"] = SecondField(status.value, status.quote, "it names the post itself as its successor")
    return Judged(_without_contradictions(post.id, fields, superseded_by), superseded_by)


def answered(second: SecondReading, post: Post, reply: Reply, kind: str, now: datetime) -> SecondReading:
    """The second reading once a model of that kind has said something: what stands of it, or why nothing does."""
    judged = judge(post, reply.text)
    return replace(
        second,
        closed_at=now,
        held_until=None,
        silent=judged.silent,
        by=cut(" ".join(filter(None, (kind.replace("_", " "), reply.model))), _LONGEST_NAME),
        fields=judged.fields,
        superseded_by=judged.superseded_by,
        tokens_in=reply.tokens_in,
        tokens_out=reply.tokens_out,
    )


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        answer = json.loads(text) if len(text) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _judged(name: FieldName, answer: Any, document: Document) -> SecondField:
    """One answer: its value where it has one of the field's, and why it falls."""
    value: FieldValue = None
    quote = ""
    try:
        if name == "rollouts":
            value, quote = _rollouts(answer, document)
            return SecondField(value, quote)
        said, quote = _said(answer)
        value = _VALUES[name](said)
        _look_at(name, value, _found(document, quote), document, answer)
    except _FallsError as fault:
        return SecondField(value, quote[:_SHOWN], str(fault))
    return SecondField(value, quote)


_SHOWN = 300  # characters of a quotation that is kept although it does not stand


def _said(answer: Any) -> tuple[Any, str]:
    if not isinstance(answer, dict) or "value" not in answer or not isinstance(answer.get("quote"), str):
        raise _FallsError("there is no answer of the form that was asked for")
    return answer["value"], answer["quote"]


def _found(document: Document, quote: str) -> Quotation:
    found = quotation(document, quote)
    if isinstance(found, str):
        raise _FallsError(found)
    return found


def _one_of(closed: Any) -> Callable[[Any], FieldValue]:
    def value(said: Any) -> FieldValue:
        if not isinstance(said, str) or said not in get_args(closed):
            raise _FallsError("it is no value of this field")
        return said

    return value


def _yes_or_no(said: Any) -> FieldValue:
    if not isinstance(said, bool):
        raise _FallsError("it is no value of this field")
    return said


def _day(said: Any) -> date | None:
    if said is None:
        return None
    try:
        return date.fromisoformat(said if isinstance(said, str) else "")
    except ValueError:
        raise _FallsError("it is no day") from None


_VALUES: Mapping[FieldName, Callable[[Any], FieldValue]] = {
    "status": _one_of(Status),
    "act_by": _day,
    "kind": _one_of(Kind),
    "admin_impact": _one_of(Impact),
    "user_impact": _one_of(Impact),
    "default": _one_of(Default),
    "action": _one_of(Action),
    "crb": _yes_or_no,
}
_NEEDS: Mapping[FieldName, Mapping[FieldValue, str]] = {
    "admin_impact": {"high": "required", "medium": "optional", "low": "none"},
    "action": {"required": "required", "optional": "optional", "none": "none"},
}
_KINDS: Mapping[str, Wording] = {
    "retirement": ENDS,
    "security": any_of(
        r"secur\w*", r"protect\w*", r"authenticat\w*", r"sign[- ]?ins?\b", r"permissions?\b", r"vulnerab\w*",
        r"encrypt\w*", r"enforc\w*", r"privacy\b", r"complian\w*", r"certificates?\b", r"TLS\b", r"MFA\b",
        r"access\b", r"malware\b", r"phish\w*", r"threats?\b", r"hardening\b", r"block\w*", r"restrict\w*",
    ),
    "maintenance": any_of(
        r"known issues?\b", r"updates?\b", r"releases?\b", r"maintenance\b", r"fix\w*", r"endpoints?\b", r"addresses\b",
        r"IPs?\b", r"migrat\w*", r"back[- ]?end\b", r"URLs?\b", r"outages?\b", r"versions?\b", r"infrastructure\b",
    ),
    "new_feature": any_of(
        r"new\b", r"now\b", r"introduc\w*", r"add\w*", r"can\b", r"able to\b", r"availab\w*", r"launch\w*",
        r"support\w*", r"preview\b", r"bring\w*", r"enabl\w*", r"allow\w*",
    ),
    "feature_change": any_of(
        r"chang\w*", r"updat\w*", r"mov(?:e|es|ed|ing)\b", r"new\b", r"now\b", r"renam\w*", r"redesign\w*",
        r"replac\w*", r"improv\w*", r"default\b", r"differ\w*", r"instead\b", r"longer\b",
        r"another\b", r"was\b", r"simplif\w*",
    ),
    "info": any_of(
        r"surveys?\b", r"events?\b", r"webinars?\b", r"licen[cs]\w*", r"pric\w*", r"billing\b", r"document\w*",
        r"feedback\b", r"remind\w*", r"reports?\b", r"learn\b", r"training\b", r"announc\w*", r"terms\b",
        r"subscription\w*", r"information\w*", r"invit\w*",
    ),
}  # fmt: skip
"""Words of which a sentence has one where it can say the kind: wide ones, as they only keep out what says nothing."""
_BESIDE = "its quotation does not speak of that"


def _look_at(name: FieldName, value: FieldValue, found: Quotation, document: Document, answer: Any) -> None:
    """Raise where the quoted sentence does not bear the value."""
    if name == "status":
        _look_at_status(value, found, document, answer)
    elif name == "act_by":
        _look_at_day(value, found, document)
    elif name in _NEEDS:
        _must_bear("need", _NEEDS[name][value], found)
    elif name == "user_impact":
        _must_bear("user", str(value), found)
    elif name == "default":
        _must_bear("default", str(value), found)
    elif name == "kind":
        if not _KINDS[str(value)].search(found.sentence):
            raise _FallsError(_BESIDE)
    elif not value:  # nothing for the board, which only words that ask for nothing say
        _must_bear("need", "none", found)
    elif found.sentence.rstrip().endswith(":"):  # for the board, by a line that only leads to a list
        raise _FallsError(_BESIDE)


def _must_bear(field: str, value: str, found: Quotation) -> None:
    if not bears(field, value, found.sentence):
        raise _FallsError(_BESIDE)


def _look_at_status(value: FieldValue, found: Quotation, document: Document, answer: Any) -> None:
    """A plan falls only in words that our own reader takes for its fall; that it stands, its rollouts must say."""
    named = answer.get("superseded_by")
    days = dates(found.sentence, *_counted_from(document, found))
    if found.in_title:
        raise _FallsError("a title does not say whether a plan stands")
    if value == "superseded" and not (isinstance(named, str) and named.strip() and _names(found.sentence, named)):
        raise _FallsError("the post that takes its place is not in the quotation")
    if value == "no_schedule" and days:
        raise _FallsError("its quotation names a day")
    if value == "scheduled" and not days and not is_there_now(found.sentence):
        raise _FallsError("its quotation names no day, and not that it is there")
    if value in {"scheduled", "no_schedule"}:
        return
    banner = Line(found.sentence, "banner")
    alone = Document(document.title, (banner,), document.day, document.updated)
    if read_status(alone, (), "").status != value:
        raise _FallsError("its quotation does not say so in words that we know")


def _names(sentence: str, other: str) -> bool:
    return bool(re.fullmatch(r"MC\d{4,10}", other.strip())) and other.strip() in ids.ids_in(sentence)


def _look_at_day(value: FieldValue, found: Quotation, document: Document) -> None:
    """A day to act by stands in the quotation, lies ahead of the post, and is asked of somebody."""
    if value is None:
        raise _FallsError("that there is no day cannot be quoted")
    named = dates(found.words, *_counted_from(document, found))
    if not any(interval.first == value for _, _, interval in named):
        raise _FallsError("its quotation does not name that day")
    if document.day and isinstance(value, date) and value < document.day:
        raise _FallsError("that day was over when the post was published")
    if not (bears("need", "required", found.sentence) or leaves_a_choice(found.sentence)):
        raise _FallsError(_BESIDE)


def _counted_from(document: Document, found: Quotation) -> tuple[date | None, date | None]:
    return anchors(document, found.line) if found.line else (document.day, document.day)


def _rollouts(answer: Any, document: Document) -> tuple[tuple[Window, ...], str]:
    """All of them, or none: a plan of which a part was made up is no plan."""
    if not isinstance(answer, list) or len(answer) > _MOST_ROLLOUTS:
        raise _FallsError("there is no answer of the form that was asked for")
    if not answer:
        raise _FallsError("that there is no rollout cannot be quoted")
    windows = tuple(_rollout(each, document) for each in answer)
    if len(set(windows)) < len(windows):
        raise _FallsError("it tells one rollout twice")
    return windows, " … ".join(dict.fromkeys(window.words for window in windows))[:_SHOWN]


def _rollout(answer: Any, document: Document) -> Window:
    if not isinstance(answer, dict):
        raise _FallsError("there is no answer of the form that was asked for")
    quote, clouds = answer.get("quote"), answer.get("clouds")
    phase: Phase | None = next((each for each in get_args(Phase) if each == answer.get("phase")), None)
    if not isinstance(quote, str) or phase is None or not isinstance(clouds, list) or not clouds:
        raise _FallsError("there is no answer of the form that was asked for")
    if any(cloud not in get_args(Cloud) for cloud in clouds):
        raise _FallsError("it is no value of this field")
    found = _found(document, quote)
    start, end = _span(answer.get("start")), _span(answer.get("end"))
    named = {interval for _, cue, interval in dates(found.words, *_counted_from(document, found)) if cue != "other"}
    if any(each not in named for each in (start, end) if each):
        raise _FallsError("its quotation does not name these days")
    if not start and not end and not is_there_now(found.sentence):
        raise _FallsError("its quotation names no day, and not that it is there")
    if start and end and end.last < start.first:
        raise _FallsError("it ends before it begins")
    above = named_scope(found.line.label) if found.line else Scope()
    scope = merge(named_scope(found.sentence), above)
    if not _is_phase(phase, scope, found, document):
        raise _FallsError("its quotation is of another phase")
    if not _are_clouds(set(clouds), scope, document):
        raise _FallsError("its quotation is of other clouds")
    return Window(phase, tuple(dict.fromkeys(clouds)), start, end, found.words)


def _span(said: Any) -> Interval | None:
    if said is None:
        return None
    if not isinstance(said, dict):
        raise _FallsError("it is no day")
    first, last = _day(said.get("first")), _day(said.get("last"))
    if first is None or last is None:
        raise _FallsError("it is no day")
    return Interval(first, last)


def _is_phase(phase: Phase, scope: Scope, found: Quotation, document: Document) -> bool:
    """A phase that is named is that one; where none is, it is general availability, or the end that is spoken of."""
    if phase == "retirement":
        return bool(ENDS.search(found.sentence) or ENDS.search(document.title))
    return phase in scope.phases if scope.phases else phase == "ga"


def _are_clouds(clouds: set[str], scope: Scope, document: Document) -> bool:
    """Clouds that are named are those; where none are, it is the worldwide one, or those that the title names."""
    if scope.elsewhere:
        return False
    if scope.clouds:
        return clouds == set(scope.clouds)
    return clouds == {"worldwide"} or clouds == set(named_scope(document.title).clouds)


def _without_contradictions(
    change_id: str, fields: Mapping[FieldName, SecondField], superseded_by: str
) -> dict[FieldName, SecondField]:
    """The answers without those that contradict each other by the definitions, whether or not their quotations stand.

    A model that contradicts itself in a field has not read it, and its silence about others is not filled in.
    """
    judged = dict(fields)
    values: dict[str, Any] = {attribute_of(name): each.value for name, each in fields.items() if _has_value(each)}
    whole = Classification(change_id, superseded_by=superseded_by or None, **values)
    for names, words in contradictions(whole):
        known = {name for name in names if _has_value(fields[name])}
        if known != names:
            continue
        for name in names:
            if not judged[name].fell:
                judged[name] = SecondField(judged[name].value, judged[name].quote, f"it contradicts itself: {words}")
    return judged


def _has_value(answer: SecondField) -> bool:
    return answer.value is not None
