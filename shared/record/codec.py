"""Changes as JSON and back; one place, so that what is written can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from shared.core.changes.change import (
    NEVER_STOOD,
    Change,
    Closing,
    Days,
    Decision,
    Edition,
    Effect,
    Event,
    Facts,
    Stated,
    Stood,
)
from shared.core.changes.lessons import Lesson
from shared.core.changes.reasons import (
    AskedReason,
    ImpactReason,
    MetCondition,
    NewsReason,
    Reason,
    RouteReason,
    SentenceReason,
    SilenceReason,
    TakeoverReason,
)
from shared.core.changes.slips import Slip
from shared.core.policy.away import Away
from shared.core.posts.classification import POSTPONED, Classification, Halt, Interval
from shared.core.terms import EventType
from shared.core.times import stored_moment
from shared.record.particulars import particulars_from_json, particulars_to_json

_FIRST_READER = 1
"""Facts without a version were read by the first reader."""
_EVENT_PARTS = 8
"""What this version knows of an event; a later one may have put more behind it."""


def change_to_json(change: Change) -> dict[str, Any]:
    """Everything but the post, the stage and why it is parked: those are properties of the row."""
    pool: dict[str, int] = {}
    return {
        "id": change.id,
        "first_seen": change.first_seen.isoformat(),
        "editions": [_edition_to_json(edition, pool) for edition in change.editions],
        "sentences": list(pool),
        "events": [_event_to_json(event) for event in change.events],
        "partial": {
            event.id: [event.part, event.postponed] for event in change.events if event.part or event.postponed
        },
        "kept": [event.id for event in change.events if event.kept],
        "decision": _decision_to_json(change.decision) if change.decision else None,
        "closed": _closing_to_json(change.closed) if change.closed else None,
        "closings": change.closings,
        **({"stood": change.stood} if any(change.stood) else {}),
        "moments": {name: at.isoformat() for name, at in change.moments.items()},
        "first_load": change.first_load,
    }


def change_from_json(data: Mapping[str, Any], post: Mapping[str, Any]) -> Change:
    return Change(
        id=data["id"],
        post=post,
        first_seen=stored_moment(data["first_seen"]),
        editions=tuple(_edition_from_json(item, data.get("sentences", [])) for item in data["editions"]),
        events=tuple(_event_of_row(item, data) for item in data["events"]),
        decision=_decision_from_json(data["decision"]) if data["decision"] else None,
        closed=_closing_from_json(data["closed"]) if data["closed"] else None,
        closings=data["closings"],
        stood=Stood(*data["stood"]) if "stood" in data else NEVER_STOOD,
        moments={name: stored_moment(at) for name, at in data["moments"].items()},
        first_load=data.get("first_load", False),
    )


def with_unknown(now: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What `change_to_json` made, with the fields that only a later version knows as they stood in the row before.

    Those of an edition, a decision and a closing stay where it is the same one. Facts are whole: another version of
    the reader reads them anew.
    """
    kept = {**before, **now}
    known = {_identity(each): each for each in before["editions"]}
    kept["editions"] = [{**known.get(_identity(each), {}), **each} for each in now["editions"]]
    for name, keys in (("decision", ("edition", "at")), ("closed", ("number", "at"))):
        old, new = before.get(name), now[name]
        if old and new and all(old.get(key) == new[key] for key in keys):
            kept[name] = {**old, **new}
    return kept


def _identity(edition: Mapping[str, Any]) -> tuple[str, str, str]:
    return edition["modified"], edition["observed"], edition["hash"]


def effect_to_json(effect: Effect) -> dict[str, Any]:
    """`why` holds the sentences of `reasons`, for the version before this one, which reads nothing else."""
    return {
        "kind": effect.kind,
        "target": effect.target,
        "team": effect.team,
        "edition": effect.edition,
        "why": [reason.words for reason in effect.why],
        "reasons": [_reason_to_json(reason) for reason in effect.why],
        "events": effect.events,
        "answers": effect.answers,
        **({"occasion": effect.occasion} if effect.occasion else {}),
    }


def effect_from_json(data: Mapping[str, Any]) -> Effect:
    return Effect(
        data["kind"],
        data["target"],
        data["team"],
        data["edition"],
        _reasons_from_json(data["why"], data.get("reasons", ())),
        tuple(data["events"]),
        data.get("answers", ""),
        data.get("occasion", ""),
    )


def _reason_to_json(reason: Reason) -> dict[str, Any]:
    match reason:
        case RouteReason():
            return {
                "kind": "route",
                "path": reason.path,
                "name": reason.name,
                "conditions": [[met.name, met.value, met.quote] for met in reason.conditions],
                "settled": [met.settled for met in reason.conditions],
                "team": reason.team,
                "workload": reason.workload,
                "owner": reason.owner,
                "services": reason.services,
                "away": _away_to_json(reason.away) if reason.away else None,
            }
        case NewsReason():
            return {"kind": "news", "events": reason.events}
        case TakeoverReason():
            return {"kind": "takeover", "change": reason.change}
        case SilenceReason():
            since = reason.since.isoformat()
            return {"kind": "silence", "role": reason.role, "who": reason.who, "days": reason.days, "since": since}
        case AskedReason():
            return {"kind": "asked"}
        case ImpactReason():
            lessons = [[each.change, each.load, each.words, each.day.isoformat()] for each in reason.lessons]
            return {"kind": "impact", "days": reason.days, "lessons": lessons}
        case SentenceReason():
            return {"kind": "sentence", "words": reason.words}


def _reasons_from_json(sentences: Sequence[str], reasons: Sequence[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """The reasons; instead of each that is missing or of an unknown kind, the sentence that stands in its place."""
    padded = [*reasons, *({} for _ in range(len(sentences) - len(reasons)))]
    return tuple(_reason_from_json(data, sentence) for data, sentence in zip(padded, sentences, strict=True))


def _reason_from_json(data: Mapping[str, Any], sentence: str) -> Reason:
    match data.get("kind"):
        case "route":
            return RouteReason(
                data["path"],
                data["name"],
                _conditions_from_json(data["conditions"], data.get("settled", ())),
                data["team"],
                data["workload"],
                data["owner"],
                tuple(data["services"]),
                _away_from_json(data["away"]) if data["away"] else None,
            )
        case "news":
            return NewsReason(tuple(data["events"]))
        case "takeover":
            return TakeoverReason(data["change"])
        case "silence":
            return SilenceReason(data["role"], data["who"], data["days"], stored_moment(data["since"]))
        case "asked":
            return AskedReason()
        case "impact":
            rows = data["lessons"]
            lessons = (Lesson(change, load, words, date.fromisoformat(day)) for change, load, words, day, *_ in rows)
            return ImpactReason(data["days"], tuple(lessons))
        case "sentence":
            return SentenceReason(data["words"])
        case _:
            return SentenceReason(sentence)


def _conditions_from_json(conditions: Sequence[Sequence[str]], settled: Sequence[str]) -> tuple[MetCondition, ...]:
    """`settled`: one for each condition; rows of before fields could be settled have none."""
    padded = [*settled, *("" for _ in conditions)]
    return tuple(MetCondition(name, value, quote, padded[at]) for at, (name, value, quote) in enumerate(conditions))


def _away_to_json(away: Away) -> dict[str, Any]:
    return {**asdict(away), "until": away.until.isoformat()}


def _away_from_json(data: Mapping[str, Any]) -> Away:
    return Away(**{**data, "until": date.fromisoformat(data["until"])})


def _event_to_json(e: Event) -> list[Any]:
    values = [e.type, e.edition, e.at.isoformat(), e.old, e.new, e.late]
    return [*values, [_slip_to_json(slip) for slip in e.slips], e.tenant] if e.slips or e.tenant else values


def _event_from_json(
    kind: EventType,
    edition: str,
    at: str,
    old: str,
    new: str,
    late: bool,
    slips: Sequence[Any] = (),
    tenant: str = "",
) -> Event:
    return Event(
        kind, edition, stored_moment(at), old, new, late, tuple(_slip_from_json(slip) for slip in slips), tenant
    )


def _event_of_row(item: Sequence[Any], data: Mapping[str, Any]) -> Event:
    event = _with_part(_event_from_json(*item[:_EVENT_PARTS]), data.get("partial"))
    return replace(event, kept=True) if event.id in data.get("kept", ()) else event


def _with_part(event: Event, partial: Mapping[str, Sequence[Any]] | None) -> Event:
    """The event with its part. A row of the version before says it only in the words of `new`."""
    if partial is not None:
        part, postponed = partial.get(event.id, ("", False))[:2]
        return replace(event, part=part, postponed=postponed)
    if event.type not in {"cancelled", "paused"}:
        return event
    part = event.new if event.new.startswith("only ") else ""
    return replace(event, part=part, postponed=event.new == POSTPONED)


def _slip_to_json(slip: Slip) -> dict[str, Any]:
    return {
        "phase": slip.phase,
        "clouds": slip.clouds,
        "edge": slip.edge,
        "old": _days(slip.old),
        "new": _days(slip.new),
        "days": slip.days,
    }


def _slip_from_json(data: Mapping[str, Any]) -> Slip:
    old, new = (Interval(*map(date.fromisoformat, data[name])) for name in ("old", "new"))
    return Slip(data["phase"], tuple(data["clouds"]), data["edge"], old, new, data["days"])


def _days(interval: Interval) -> list[str]:
    return [interval.first.isoformat(), interval.last.isoformat()]


def _edition_to_json(edition: Edition, pool: dict[str, int]) -> dict[str, Any]:
    """A sentence that several editions say is kept once: `pool` numbers them."""
    second = {}
    if edition.second:
        from shared.record.second import second_to_json  # noqa: PLC0415 - not loaded where there is none

        second = {"second": second_to_json(edition.second)}
    return second | {
        "modified": edition.modified.isoformat(),
        "observed": edition.observed.isoformat(),
        "hash": edition.hash,
        "tenant": edition.tenant,
        "late": edition.late,
        "touched": [stamp.isoformat() for stamp in edition.touched],
        "facts": {
            "classification": edition.facts.classification.to_json(),
            "category": edition.facts.category,
            "major": edition.facts.major,
            "tags": edition.facts.tags,
            "title": edition.facts.title,
            "halts": [[halt.kind, halt.scope, halt.clouds, halt.words] for halt in edition.facts.halts],
            "sentences": [pool.setdefault(sentence, len(pool)) for sentence in edition.facts.sentences],
            "relations": [[r.kind, r.other, r.words, r.confidence] for r in edition.facts.relations],
            "late_relations": [number for number, r in enumerate(edition.facts.relations) if r.late],
            "particulars": particulars_to_json(
                edition.facts.particulars, lambda sentence: pool.setdefault(sentence, len(pool))
            ),
            "reader": edition.facts.reader,
        }
        if edition.facts
        else None,
    }


def _edition_from_json(data: Mapping[str, Any], pool: Sequence[str]) -> Edition:
    facts, second = data["facts"], None
    if "second" in data:
        from shared.record.second import second_from_json  # noqa: PLC0415 - the same

        second = second_from_json(data["second"])
    return Edition(
        modified=stored_moment(data["modified"]),
        observed=stored_moment(data["observed"]),
        hash=data["hash"],
        tenant=data["tenant"],
        late=data["late"],
        facts=Facts(
            Classification.from_json(facts["classification"]),
            facts["category"],
            facts["major"],
            tuple(facts["tags"]),
            facts["title"],
            tuple(Halt(kind, part, tuple(clouds), words) for kind, part, clouds, words in facts.get("halts", ())),
            tuple(pool[number] for number in facts.get("sentences", ())),
            tuple(
                Stated(kind, other, words, confidence, number in facts.get("late_relations", ()))
                for number, (kind, other, words, confidence) in enumerate(facts.get("relations", ()))
            ),
            particulars_from_json(facts.get("particulars", {}), pool),
            facts.get("reader", _FIRST_READER),
        )
        if facts
        else None,
        touched=tuple(stored_moment(stamp) for stamp in data["touched"]),
        second=second,
    )


def _decision_to_json(decision: Decision) -> dict[str, Any]:
    return {
        "edition": decision.edition,
        "at": decision.at.isoformat(),
        "teams": decision.teams,
        "workloads": decision.workloads,
        "effects": [effect_to_json(effect) for effect in decision.effects],
        "silent": decision.silent,
        "unowned": decision.unowned,
        "tenants": decision.tenants,
        "withheld": decision.withheld,
        "seq": decision.seq,
    }


def _decision_from_json(data: Mapping[str, Any]) -> Decision:
    return Decision(
        edition=data["edition"],
        at=stored_moment(data["at"]),
        teams=tuple(data["teams"]),
        workloads=tuple(data["workloads"]),
        effects=tuple(effect_from_json(item) for item in data["effects"]),
        silent=data["silent"],
        unowned=tuple(data.get("unowned", ())),
        tenants=tuple(data.get("tenants", ())),
        withheld=tuple(data.get("withheld", ())),
        seq=data.get("seq", 0),
    )


def _closing_to_json(closing: Closing) -> dict[str, Any]:
    return {
        "at": closing.at.isoformat(),
        "through": closing.through,
        "reference": closing.reference,
        "number": closing.number,
        "by": closing.by,
        "worked": closing.worked,
        "target": closing.target,
        "before": closing.before,
    }


def _closing_from_json(data: Mapping[str, Any]) -> Closing:
    return Closing(
        stored_moment(data["at"]),
        data["through"],
        data["reference"],
        data["number"],
        data.get("by", ""),
        Days(*data.get("worked", ())),
        Days(*data.get("target", ())),
        data.get("before", False),
    )
