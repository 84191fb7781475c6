"""`reports`: hourly; a report whose moment has come is kept as a page, and sent to its channels.

Claim, keep, send, record: a report comes twice only where a process dies between the channel's answer and our record.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.core.cards.card import Card
from shared.core.errors import PermanentError, TargetDownError, TransientError
from shared.core.life.report_cards import agenda_card, month_card, report_url, team_card, unowned_card
from shared.core.life.report_times import DueReport, due_reports
from shared.core.life.reports import Agenda, MonthReport, TeamList
from shared.core.policy.model import Policy, Roles
from shared.core.words.language import speaking
from shared.record import runs
from shared.record.deliveries import Target
from shared.record.reports import ReportName, keep_report
from shared.usecases.delivery import down
from shared.usecases.deps import Deps
from shared.usecases.life.lives import KnownLives
from shared.usecases.reports.make import MadeMonth, agenda_of, known_at, month_made, team_list_of

_LOG = logging.getLogger("foresignal.reports")
TIMER = "reports"

Page = Callable[[Agenda | TeamList | MonthReport], str]
"""Renders a report as a page; adapters can, and use cases cannot."""


@dataclass(slots=True)
class _Made:
    """What this run has read: one reading serves every channel and team."""

    weeks: dict[str, KnownLives] = field(default_factory=dict)
    months: dict[str, MadeMonth] = field(default_factory=dict)


async def send_reports(deps: Deps, page: Page) -> int:
    """How many cards were sent. The first run sends none, and says from when on reports are due.

    While the lists are not built, and where a channel is not to be had, the next run tries again, for three days.
    """
    now, tables = deps.here.clock(), deps.storage.tables
    run = await runs.timer_run(tables, TIMER)
    policy = await deps.here.policy.current()
    sent, waits, made = 0, False, _Made()
    for due in due_reports(policy, run.until, now):
        for channel in due.channels:
            try:
                sent += await _send(deps, policy, due, channel, made, page)
            except (TransientError, TargetDownError) as error:
                waits = True
                _LOG.warning("the %s report %s waits for %s: %s", due.kind, due.period.name, channel, error)
            except PermanentError as error:
                _LOG.error("the %s report %s is not sent to %s: %s", due.kind, due.period.name, channel, error)
    if not waits:
        await runs.write_until(tables, run, now)
    return sent


async def _send(deps: Deps, policy: Policy, due: DueReport, channel: str, made: _Made, page: Page) -> int:
    """Each card of a report has a turn of its own, so that one that fails does not bring the others twice."""
    sent = 0
    for part in ("", "unowned") if due.kind == "weekly" else ("",):
        key = runs.report_key(part or due.kind, due.period.name, f"{due.team}@{channel}" if due.team else channel)
        here = deps.here
        turn = await runs.claim_turn(deps.storage.tables, key, here.worker, here.clock(), here.claim_seconds)
        if turn is None:
            continue
        try:
            card = await _card(deps, policy, due, channel, part, made, page)
            if card is not None:
                await _post(deps, policy, channel, card)
                sent += 1
        except (PermanentError, TransientError) as error:
            if not isinstance(error, PermanentError) or isinstance(error, TargetDownError):
                await runs.undo_turn(deps.storage.tables, turn)
            raise
        await runs.finish_turn(deps.storage.tables, turn, here.clock())
    return sent


async def _card(
    deps: Deps, policy: Policy, due: DueReport, channel: str, part: str, made: _Made, page: Page
) -> Card | None:
    """The card in the channel's language, once the page is kept; None where there is nothing to say."""
    who, url = _readers(policy, channel), deps.here.public_url
    with speaking(policy.language_of(channel)):
        if due.kind == "monthly":
            month = await _month(deps, due, made)
            await _keep(deps, due, month.report, page)
            return month_card(month.report, who, url)
        known = await _week(deps, due, made)
        if due.kind == "owner":
            own = team_list_of(known, due.team, due.period, deps.here.clock())
            if own.is_empty:
                return None
            with speaking("en"):  # as every page; a card says the same in the language of its channel
                await _keep(deps, due, team_list_of(known, due.team, due.period, deps.here.clock()), page)
            return team_card(own, url)
        report = agenda_of(known, due.period, deps.here.clock())
        if part:
            return unowned_card(report.unowned, who, url, report_url("weekly", due.period.name, url))
        with speaking("en"):
            await _keep(deps, due, agenda_of(known, due.period, deps.here.clock()), page)
        return agenda_card(report, url)


async def _keep(deps: Deps, due: DueReport, report: Agenda | TeamList | MonthReport, page: Page) -> None:
    await keep_report(deps.storage.blobs, ReportName(due.kind, due.period.name, due.team), page(report))


async def _month(deps: Deps, due: DueReport, made: _Made) -> MadeMonth:
    month = made.months.get(due.period.name) or await month_made(deps, due.period)
    _must_be_complete(complete=month.complete)
    made.months[due.period.name] = month
    return month


async def _week(deps: Deps, due: DueReport, made: _Made) -> KnownLives:
    known = made.weeks.get(due.period.name) or await known_at(deps, due.period)
    _must_be_complete(complete=known.complete)
    made.weeks[due.period.name] = known
    return known


def _must_be_complete(*, complete: bool) -> None:
    """A report that is made before the lists are would be on the last three days, and not what it says."""
    if not complete:
        raise TransientError("the lists are not built yet; the next run makes the report")


def _readers(policy: Policy, channel: str) -> tuple[str, ...]:
    """Who reads the channel for a role of theirs."""
    roles = (policy.roles.get(name) for name in Roles.model_fields)
    return next((role.who for role in roles if role and role.channel == channel), ())


async def _post(deps: Deps, policy: Policy, name: str, card: Card) -> None:
    """Send the card; a channel that takes nothing is told as down, and is tried again."""
    target = Target("card", name)
    if await down.is_down(deps, policy, target):
        raise TransientError(f"channel {name} is down")
    channel = await deps.outside.channel(policy, name)
    try:
        await channel.post(card)
    except TargetDownError as error:
        await down.report_target(deps, policy, target, error)
        raise
