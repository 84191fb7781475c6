"""What people decide about a change: the only writer of its assessment, and of the acts beside it.

An act over HTTP has no message that comes again. So a guard is sent before the commit: it sends what is due, and
inserts the audit's copy where it is missing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from shared.core.cards.answers import CardLink, LinkFault
from shared.core.changes.change import Change, EffectState
from shared.core.changes.settled import Asked, Assessment, RolloutOutcome, as_label, value_of
from shared.core.decisions.routing import channel_of
from shared.core.errors import ConflictError, PermanentError
from shared.core.life.closing import people_may_settle, settle
from shared.core.messages import Envelope
from shared.core.policy.model import Policy
from shared.core.posts.classification import FieldName
from shared.core.posts.privacy import is_private
from shared.core.review.act import Act
from shared.core.review.answers import (
    Decision,
    Following,
    Note,
    OfTheChange,
    Outcome,
    Standing,
    answered,
    for_another_team,
    for_the_board,
)
from shared.core.review.assessment import (
    FieldAct,
    Unfit,
    Wanted,
    act_of,
    assess,
    may_decide_otherwise,
    unfit,
)
from shared.core.review.roles import may_settle, teams_of
from shared.core.terms import LOADS
from shared.core.words.answers import NO_CHANNEL, NO_LOAD
from shared.record import changes
from shared.record.assessments import act_at, alone, audit_of, insert_act, key_of, since
from shared.record.audit import insert_entry
from shared.record.changes import ChangeRecord, read_alone, read_with_effects, read_with_tasks
from shared.record.lists import line_of
from shared.record.people import KnownPerson
from shared.record.redo import redo
from shared.usecases.deps import Deps
from shared.usecases.effects import send_due
from shared.usecases.life.touch import touch
from shared.usecases.people import meet
from shared.usecases.telling import tell

GUARD_DELAY = 60.0
"""Seconds after which a command that died behind its commit is made good; it does not take as long itself."""
LONGEST_WORDS = 2000
"""Characters of a person's own words."""


@dataclass(frozen=True, slots=True)
class Settling:
    """What became of a person's word. `change`: as it stands now. `unfit`: what no longer fits what was settled.

    `lost`: the fields that somebody else decided in the same moment; then nothing was written.
    """

    change: Change
    acts: tuple[FieldAct, ...] = ()
    lost: tuple[FieldAct, ...] = ()
    unfit: tuple[Unfit, ...] = ()


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who answers for a team, and through what: the card of a channel, or the page.

    `team`: on the page, the one that the person chose; whoever holds a card answers for the team that got it.
    `sees_privacy`: whether somebody without a card may see posts on data privacy. `reviews`: whether they answer for
    every team; anybody else, for a team that the change concerns.
    """

    person: KnownPerson
    team: str = ""
    card: CardLink | None = None
    sees_privacy: bool = True
    reviews: bool = True

    @property
    def through(self) -> str:
        return f"card in {self.card.channel}" if self.card else "page"


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer, and the change as it stands now. `names`: of the people in it, by their ids.

    `counts`: it is written. `again`: the same person said so before. `other`: somebody else decided, `before` says who.
    `refused`: the policy would refuse it, `why` says what, and nothing is written. `settling`: of a field that was read
    wrong, what became of it; None where it is a proposal. `team`: for which it was said.
    """

    kind: Literal["counts", "again", "other", "refused"]
    record: ChangeRecord
    names: dict[str, str]
    before: Standing | None = None
    why: str = ""
    settling: Settling | None = None
    team: str = ""


async def settle_fields(
    deps: Deps,
    change_id: str,
    wanted: Wanted,
    by: str,
    through: str = "command",
    words: str = "",
    record: ChangeRecord | None = None,
) -> Settling | None:
    """Settle or release fields of a change, all of them or none; None where the change is unknown.

    Over the version of the assessment that was read: of two people at once one is written first. The other one's fields
    are written too, unless the first has just decided one of them: then they are shown that, and may settle it again.
    At most 6 calls where nobody else writes, and one for the policy, once a minute. `record`: the change as it was just
    read; `words`: the person's own.
    """
    given = [record] if record else []
    first: list[Assessment] = []
    made: list[Act] = []
    due: list[bool] = []
    written: list[ChangeRecord] = []

    async def step() -> Settling | None:
        record = given.pop() if given else await read_alone(deps.storage.tables, change_id)
        if record is None:
            return None
        first.append(record.change.assessment)
        before = record.change
        after, acts = assess(before, wanted, by, deps.here.clock())
        lost = tuple(act for act in acts if _is_lost(act, first[0]))
        if lost or after.assessment is before.assessment:
            return Settling(before, acts, lost)
        act = replace(act_of(after, acts, by, deps.here.clock(), through), words=words[:LONGEST_WORDS])
        if not made:
            await _guard(deps, change_id, since(change_id, before.assessment.seq))
        made.append(act)
        writes = [record.put_assessment(after.assessment), insert_act(change_id, act)]
        decides = before.stage != "parked" and may_decide_otherwise(before, after)
        due.append(decides)
        if decides:
            # Also where it is due already: whoever decides it just now has not seen this, and meets a conflict.
            writes.append(record.replace_change(replace(record.change, stage="classify")))
        await changes.commit(deps.storage.tables, writes)
        written.append(record)
        names = [each.name for each in acts if each.changes]
        return Settling(record.change, acts, unfit=unfit(after.classification, names))

    settled = await redo(step)
    if settled and written and not settled.lost:
        await _follow(deps, written[-1], made[-1], decides=due[-1])
    return settled


async def answer(
    deps: Deps,
    change_id: str,
    what: Decision,
    speaker: Speaker,
    words: str = "",
    *,
    to: str = "",
    system: str = "",
    over: bool = False,
) -> Answered | LinkFault | None:
    """One answer that decides, once; None where the change is unknown.

    `to`: the team whose it is instead; `system`: the ticket system in which it is to be filed; `over`: the person knows
    what somebody else decided, and decides otherwise. Of many people at once one decides, and the others are told who.
    At most 8 calls, the policy's and the person's among them; one more for each pointer to a further effect.
    """
    policy = await deps.here.policy.current()
    made: list[Act] = []
    names: dict[str, str] = {}

    async def step() -> tuple[Answered, Following] | LinkFault | None:
        record = await read_with_effects(deps.storage.tables, change_id)
        if record is None or (fault := _fault_of(record, speaker)):
            return None if record is None else fault
        change, who, now = record.change, speaker.person.id, deps.here.clock()
        # That it is not theirs was said for the team that got the card; the others are said for whose it is since.
        team = _first_team(record, speaker) if what == "wrong_team" else _team_of(record, speaker)
        if not names or not names.keys() >= change.assessment.people:
            names.update(await meet(deps, speaker.person, change.assessment.people))
        outcome = answered(change.assessment, what, team, who, now, to, over=over)
        if outcome.kind != "counts":
            return Answered(outcome.kind, record, names, outcome.before, team=team), Following()
        following = _following(record, policy, what, team, to, system, now)
        if following.refused:
            return Answered("refused", record, names, outcome.before, following.refused), following
        if not made:
            await _guard(deps, change_id, since(change_id, change.assessment.seq))
        act = _act(outcome, what, speaker, team, now, words, to)
        made.append(act)
        writes = [record.put_assessment(outcome.assessment), insert_act(change_id, act)]
        writes += [record.put_intent(state) for state in following.states]
        if following.decides and change.stage == "decided":
            writes.append(record.replace_change(replace(record.change, stage="classify")))
        await changes.commit(deps.storage.tables, writes)
        return Answered("counts", record, names, outcome.before), following

    done = await redo(step)
    if done is None or isinstance(done, LinkFault):
        return done
    result, following = done
    if result.kind == "counts":
        tell(deps, "answered", change=change_id, target=what)
        settles = not following.decides and people_may_settle(result.record.change)
        await _follow(deps, result.record, made[-1], following.states, decides=following.decides, settles=settles)
    return result


async def close_or_open(
    deps: Deps, change_id: str, what: OfTheChange, speaker: Speaker, words: str = ""
) -> Answered | LinkFault | None:
    """A person closes the change on its page, or opens it again; None where it is unknown. At most 9 calls.

    It counts for all teams, and the newest word counts. The lists follow by the pointer.
    """
    policy = await deps.here.policy.current()
    made: list[Act] = []

    async def step() -> Answered | LinkFault | None:
        record = await read_with_tasks(deps.storage.tables, change_id)
        if record is None or speaker.card:
            return None if record is None else LinkFault.OTHER_CHANGE
        if fault := _fault_of(record, speaker):
            return fault
        change, who, now = record.change, speaker.person.id, deps.here.clock()
        names = await meet(deps, speaker.person, change.assessment.people)
        if why := _stands(change, what, policy):
            return Answered("refused", record, names, None, why)
        outcome = answered(change.assessment, what, speaker.team, who, now)
        if not made:
            await _guard(deps, change_id, since(change_id, change.assessment.seq))
        act = _act(outcome, what, speaker, speaker.team, now, words, "")
        made.append(act)
        writes = [record.put_assessment(outcome.assessment), insert_act(change_id, act)]
        settled = settle(record.change, record.states, record.task_states, policy, now)
        await changes.commit(deps.storage.tables, [*writes, record.replace_change(settled)])
        return Answered("counts", record, names, outcome.before)

    done = await redo(step)
    if isinstance(done, Answered) and done.kind == "counts":
        await _follow(deps, done.record, made[-1], settles=True)
    return done


async def note(
    deps: Deps,
    change_id: str,
    what: Note | Literal["proposal"],
    speaker: Speaker,
    words: str,
    form: str,
    new: str = "",
    record: ChangeRecord | None = None,
    broke: str = "",
) -> Answered | LinkFault | None:
    """An act that only adds: everybody's stands, and sent again it stands there already. None: the change is unknown.

    It ends the silence (`seq`), except where somebody has just spoken, which is all that `seq` would say. `form`: the
    form's own id, for what comes through no card; a comment, a proposal and an outcome always have it. `new`: the day
    of a reminder, `field=value` of a proposal, the help-desk load of an outcome, whose words are the lesson. `broke`:
    what broke with it. `record`: the change as it was just read.
    """
    record = record or await read_with_effects(deps.storage.tables, change_id)
    if record is None or (fault := _fault_of(record, speaker)):
        return None if record is None else fault
    change, now, team = record.change, deps.here.clock(), _team_of(record, speaker)
    names = await meet(deps, speaker.person, change.assessment.people)
    card = speaker.card
    place = f"{card.channel}~{card.occasion}" if card and what in {"remind", "unclear"} else form
    old = _counting(change, new) if what == "proposal" else ""
    act = Act(
        0,
        now,
        speaker.person.id,
        speaker.through,
        (),
        what,
        team,
        old,
        new,
        words[:LONGEST_WORDS],
        place,
        broke[:LONGEST_WORDS],
    )
    key = key_of(change_id, act)
    policy = await deps.here.policy.current()
    asked = _asked(policy, record, speaker, team, new) if what == "remind" else None
    outcome = _outcome(new, act.words, now) if what == "outcome" else None
    must_stand = asked or outcome  # in the assessment, too
    if asked and asked.channel not in policy.channels:
        return Answered("refused", record, names, None, NO_CHANNEL)
    await _guard(deps, change_id, alone(key))
    given, insert = [record], insert_act(change_id, act)
    before: list[Act] = []

    async def step(first: ChangeRecord = record) -> ChangeRecord:
        current = given.pop() if given else await read_with_effects(deps.storage.tables, change_id) or first
        raised = current.change.assessment.spoken(now, asked, outcome)
        if await changes.commit_or_skip(deps.storage.tables, [current.put_assessment(raised), insert]):
            return current
        if not must_stand and await changes.commit_or_skip(deps.storage.tables, [insert]):
            return await read_with_effects(deps.storage.tables, change_id) or current
        if same := await act_at(deps.storage.tables, change_id, key):
            before.append(same)
            return current
        raise ConflictError(key)  # somebody else has just spoken

    record = await redo(step)
    if before:
        return Answered("again", record, names, Standing(what, before[0].who, before[0].at, before[0].new))
    await _follow(deps, record, act)
    return Answered("counts", record, names)


def _asked(policy: Policy, record: ChangeRecord, speaker: Speaker, team: str, day: str) -> Asked:
    """That a person wants to be reminded: in the channel of the card that they hold, else in their team's.

    Of a post on data privacy its readers alone hear, whoever asks.
    """
    readers = policy.roles.privacy_readers
    channel = speaker.card.channel if speaker.card else channel_of(policy, team) if team in policy.teams else ""
    if readers and is_private(record.change.read()):
        channel = readers.channel
    return Asked(date.fromisoformat(day), channel, team, speaker.person.id)


def _outcome(load: str, lesson: str, at: datetime) -> RolloutOutcome:
    known = next((each for each in LOADS if each == load), None)
    if known is None:
        raise PermanentError(NO_LOAD)
    return RolloutOutcome(known, lesson, at)


async def wrong_reading(
    deps: Deps,
    change_id: str,
    wanted: Wanted,
    speaker: Speaker,
    roles: Collection[str],
    typed: str,
    words: str,
    form: str,
) -> Answered | LinkFault | None:
    """A field was read wrong: the word of a reviewer, or of a team's owner, settles it; anybody else's is a proposal.

    `wanted`: the one field and its value; `typed`: the value as it was typed.
    """
    policy = await deps.here.policy.current()
    record = await read_with_effects(deps.storage.tables, change_id)
    if record is None or (fault := _fault_of(record, speaker)):
        return None if record is None else fault
    own = teams_of(policy, speaker.person.address)
    if not may_settle(roles, own, _teams_of(record, speaker)):
        return await note(deps, change_id, "proposal", speaker, words, form, f"{next(iter(wanted))}={typed}", record)
    names = await meet(deps, speaker.person, record.change.assessment.people)
    settling = await settle_fields(deps, change_id, wanted, speaker.person.id, speaker.through, words, record)
    if settling is None:
        return None
    record.change = settling.change
    kind: Literal["counts", "again", "other"] = "counts" if any(act.changes for act in settling.acts) else "again"
    return Answered("other" if settling.lost else kind, record, names, settling=settling)


def _teams_of(record: ChangeRecord, speaker: Speaker) -> set[str]:
    """The teams that the change concerns, and the one that got the card."""
    return _concerned(record) | ({_team_of(record, speaker)} if speaker.card else set())


def _concerned(record: ChangeRecord) -> set[str]:
    decision, assessment = record.change.decision, record.change.assessment
    return {assessment.team_of(team) for team in (decision.teams if decision else ())}


def _team_of(record: ChangeRecord, speaker: Speaker) -> str:
    """The team for which somebody answers: of a card the one that got it, or whose the change is since."""
    team = _first_team(record, speaker)
    return record.change.assessment.team_of(team) if speaker.card else team


def _first_team(record: ChangeRecord, speaker: Speaker) -> str:
    return record.effects[speaker.card.effect].state.effect.team if speaker.card else speaker.team


def _fault_of(record: ChangeRecord, speaker: Speaker) -> LinkFault | None:
    """Whether the card that somebody holds was ever wanted of this change; without one, whether they may see it."""
    card = speaker.card
    if card is None:
        if is_private(record.change.read()) and not speaker.sees_privacy:
            return LinkFault.PRIVATE
        concerned = _concerned(record)
        return LinkFault.OTHER_TEAM if concerned and not speaker.reviews and speaker.team not in concerned else None
    if card.change_id != record.change.id:
        return LinkFault.OTHER_CHANGE
    return None if card.effect in record.effects else LinkFault.NO_CARD


def _stands(change: Change, what: OfTheChange, policy: Policy) -> str:
    """Why nothing is to be closed, or opened again; empty where it is."""
    if what == "close":
        if "page" not in policy.closing.through:
            return "the policy lets nobody close a change on its page (closing.through)"
        return f"{change.id} is closed already" if change.closed else ""
    return "" if change.closed else f"{change.id} is open already"


def _following(
    record: ChangeRecord, policy: Policy, what: Decision, team: str, to: str, system: str, now: datetime
) -> Following:
    change, states = record.change, record.states
    if what == "board":
        return for_the_board(change, states, policy, team, now.date(), system)
    if what == "wrong_team":
        present = change.assessment.team_of(team)
        return for_another_team(change, states, policy, present, to, change.assessment.seq + 1, now.date())
    return Following()


def _act(
    outcome: Outcome, what: Decision | OfTheChange, speaker: Speaker, team: str, at: datetime, words: str, to: str
) -> Act:
    """`old` and `new`: of an owner the people, of the others what was said."""
    before, who = outcome.before, speaker.person.id
    old = "" if before is None else before.by if what == "own" else before.new or f"{before.what} ({before.by})"
    new = who if what == "own" else to or what
    words = words[:LONGEST_WORDS]
    return Act(outcome.assessment.seq, at, who, speaker.through, (), what, team, old, new, words)


def _counting(change: Change, proposed: str) -> str:
    """The value that counts of the field of a proposal, as a label."""
    name: FieldName = proposed.partition("=")[0]  # type: ignore[assignment]  # the form offers no other names
    return str(as_label(name, value_of(change.classification, name)))


def _is_lost(act: FieldAct, first: Assessment) -> bool:
    """Whether somebody else decided the field otherwise after we had first looked."""
    return act.changes and act.before != first.settled.get(act.name)


async def _guard(deps: Deps, change_id: str, acts: tuple[str, str]) -> None:
    """The pointer that is sent before the commit. `acts`: the range of the acts whose copies it looks after."""
    envelope = Envelope({"ids": [change_id], "acts": acts}, deps.here.clock())
    await deps.storage.queues.send("changes", envelope, GUARD_DELAY)


async def _follow(
    deps: Deps,
    record: ChangeRecord,
    act: Act,
    states: Sequence[EffectState] = (),
    *,
    decides: bool = False,
    settles: bool = False,
) -> None:
    """After the commit: the lists, the audit's copy, then the pointer to what is due, or to what it may close."""
    change_id, policy = record.change.id, await deps.here.policy.current()
    await touch(deps, [line_of(record, policy, deps.here.clock())])
    await insert_entry(deps.storage.tables, audit_of(change_id, act))
    if decides or settles:  # whoever decides it also sends what is due
        body = {"ids": [change_id], **({"settle": True} if settles else {})}
        await deps.storage.queues.send("changes", Envelope(body, deps.here.clock()))
    else:
        await send_due(deps, change_id, states)
