"""The page of how we are, for people; programs get the same as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from shared.adapters.pages.render import render
from shared.core.times import when
from shared.core.upkeep.findings import Finding, count
from shared.record.parked import ParkedHead

_SAID = 10
"""Tenants that are not well of which each has a sentence."""
ASLEEP = "This deployment is asleep. When no other one of its name is awake, wake it: foresignal wake."
_Tone = Literal["good", "warn", "bad"]


class _Parked(Protocol):
    @property
    def total(self) -> int: ...
    @property
    def queues(self) -> Mapping[str, int]: ...
    @property
    def capped(self) -> bool: ...
    @property
    def queue(self) -> str: ...
    @property
    def next(self) -> str: ...
    @property
    def whole(self) -> bool: ...


class _Tenants(Protocol):
    @property
    def tenants(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def page(self) -> int: ...
    @property
    def pages(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def at(self) -> datetime: ...


class _View(Protocol):
    @property
    def report(self) -> Mapping[str, Any]: ...
    @property
    def parked(self) -> _Parked: ...
    @property
    def at(self) -> datetime: ...
    @property
    def deployment(self) -> str: ...
    @property
    def version(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A tenant's source. `state`: in a word or two; `age`: how long ago it was last read well."""

    tenant: str
    source: str
    state: str
    tone: _Tone
    fetched: datetime | None
    age: str
    posts: int
    failure: str
    next_try: datetime | None
    required: bool


def health_page(
    view: _View,
    parked: Sequence[ParkedHead],
    of: _Parked | None = None,
    *,
    first: bool = True,
    is_admin: bool = False,
    done: str = "",
) -> str:
    """`parked`: what may be shown of the items of the page `of`, the view's own where none is named.

    `first`: nothing comes before it. `done`: what a form has just done, in a sentence.
    """
    report = view.report
    feeds = [
        _feed(each, view.at)
        for each in sorted(report["tenants"], key=lambda each: (bool(each["ok"]), not each["required"]))
    ]
    return render(
        "health.html.j2",
        title="Health",
        report=report,
        well=report["status"] == "ok",
        problems=list(_problems(report)),
        feeds=feeds,
        summed=len(feeds) < report["tenants_well"] + report["tenants_not_well"],
        roadmap=report["roadmap"],
        reader=report.get("reader"),
        roadmap_fetched=when(report["roadmap"].get("fetched")),
        down=[_down(each) for each in report["down"]],
        lists_mark=when(report["lists"]["mark"]),
        lists_age=_age(when(report["lists"]["mark"]), view.at),
        parked=parked,
        parked_view=of or view.parked,
        first=first,
        view=view,
        is_admin=is_admin,
        done=done,
        queues=None,
    )


def tenants_page(tenants: _Tenants) -> str:
    """A page of the list of every tenant."""
    feeds = [_feed(each, tenants.at) for each in tenants.tenants]
    return render(
        "tenants.html.j2", title="Every tenant", feeds=feeds, page=tenants.page, pages=tenants.pages,
        total=tenants.total, at=tenants.at,
    )  # fmt: skip


def queues_page(queues: object, at: datetime) -> str:
    """What stands in the queues, alone: a part of the page, or a page where there is no script."""
    return render("queues.html.j2", title="Queues", queues=queues, age=lambda moment: _age(moment, at))


def checks_page(findings: Sequence[Finding]) -> str:
    """What the doctor found, alone: a part of the page, or a page where there is no script."""
    order = {"failing": 0, "unknown": 1, "ok": 2}
    lines = sorted(findings, key=lambda finding: order[finding.condition])
    counts = {condition: count(findings, condition) for condition in ("ok", "failing", "unknown")}
    shown = [(finding, _with_code(finding.remedy)) for finding in lines]
    return render("checks.html.j2", title="Checks", lines=shown, counts=counts)


def _with_code(text: str) -> list[tuple[str, bool]]:
    """A remedy in parts: words, and the commands that stand between backquotes."""
    return [(part, number % 2 == 1) for number, part in enumerate(text.split("`")) if part]


def _down(each: Mapping[str, Any]) -> Mapping[str, Any]:
    what = "card" if str(each["target"]).startswith("channel") else "ticket"
    return {**each, "since": when(each["since"]), "next_try": when(each["next_try"]), "what": what}


def _feed(tenant: Mapping[str, Any], now: datetime) -> FeedRow:
    fetched = when(tenant["fetched"])
    state, tone = _state(tenant, fetched)
    return FeedRow(
        tenant["tenant"], tenant["source"], state, tone, fetched, _age(fetched, now), tenant["posts"],
        tenant["failure"], when(tenant["not_before"]), tenant["required"],
    )  # fmt: skip


def _state(tenant: Mapping[str, Any], fetched: datetime | None) -> tuple[str, _Tone]:
    """What is stale is not well, even where nothing failed."""
    if tenant["failure"]:
        return "failing", "bad" if tenant["required"] else "warn"
    if fetched is None:
        return "never read", "bad" if tenant["required"] else "warn"
    return ("well", "good") if tenant["ok"] else ("stale", "warn")


def _problems(report: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong, each in a sentence; nothing where all is well."""
    if report["asleep"]:
        yield ASLEEP
    wrong = [each for each in report["tenants"] if each["required"] and not each["ok"]]
    for each in wrong[:_SAID]:
        state, _ = _state(each, when(each["fetched"]))
        words = "has never been read" if state == "never read" else f"is {state}"
        yield f"Tenant {each['tenant']} ({each['source']}) {words}."
    unlisted = report["tenants_not_well"] - sum(not each["ok"] for each in report["tenants"])
    if more := max(0, len(wrong) - _SAID) + unlisted:
        yield f"{more:,} more sources of tenants are not well." if more > 1 else "One more source is not well."
    if not report["roadmap"]["ok"]:
        yield "The public roadmap cannot be read."
    if report["policy"] != "in force":
        yield "The policy that was pushed last is not in force."
    for each in report["down"]:
        yield f"{each['target'][:1].upper()}{each['target'][1:]} is down."
    if report["parked"]:
        more = " or more" if report["parked_or_more"] else ""
        yield "One item is parked." if report["parked"] == 1 else f"{report['parked']:,}{more} items are parked."
    if not report["lists"]["ok"]:
        yield "The lists of changes are not up to date."


def _age(moment: datetime | None, now: datetime) -> str:
    """How long ago, in one unit; empty where nobody knows."""
    if moment is None:
        return ""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    for size, unit in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return ""
