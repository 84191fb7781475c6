"""The ticket that a change should have, all from the record: what a change board expects to find (pure)."""

from collections.abc import Mapping, Sequence
from datetime import date

from shared.core.changes.answer_lines import answer_lines
from shared.core.changes.change import Change, Copy, EffectState, Event
from shared.core.changes.halts import standing_plan
from shared.core.changes.reasons import Reason
from shared.core.changes.tenant_lines import lines_by_tenant
from shared.core.links import page_url, post_url
from shared.core.policy.freezes import InFreeze, freezes_of, raised, raises_risk
from shared.core.policy.model import GROUP, Policy, TicketSystemEntry
from shared.core.policy.our_dates import our_dates
from shared.core.posts.post import Post
from shared.core.posts.summary import what_changes
from shared.core.sources.roadmap import roadmap_ids
from shared.core.terms import ENDED, MATERIAL, OVER, Cloud
from shared.core.text.html import plain_text
from shared.core.text.safe import clean, cut
from shared.core.tickets.notes import note
from shared.core.tickets.part import Part, text_of
from shared.core.tickets.proposal.board import why_board
from shared.core.tickets.proposal.case import Case
from shared.core.tickets.proposal.proposal import Proposal, propose
from shared.core.tickets.proposal.risk import impact_words, risk_of, risk_words
from shared.core.tickets.proposal.schedule import deadline, halts, planned_end, planned_start, rollouts
from shared.core.tickets.reassess import moved_after_approval
from shared.core.tickets.ticket import TITLE_LIMIT, Ticket
from shared.core.words.doubt import arrival_words, doubts, kind_words, read_otherwise
from shared.core.words.plan import to_do
from shared.core.words.titles import short_title

_WHAT_LIMIT = 6_000
_CANCELLING = OVER - {"superseded"}
"""Statuses that cancel the ticket. Of a superseded change it goes on: the change in its place takes it over."""
_ROADMAP = "https://www.microsoft.com/microsoft-365/roadmap?id="
_ROADMAP_SHOWN = 5
_TENANTS_SHOWN = 20


def ticket_key(deployment: str, change_id: str) -> str:
    """Our key on the remote ticket: two deployments that share a ticket system do not meet."""
    return f"foresignal-{deployment}-{change_id}"


def wanted_ticket(
    change: Change,
    state: EffectState,
    policy: Policy,
    deployment: str,
    public_url: str,
    tenants: Sequence[str] = (),
    copies: Sequence[Copy] = (),
    *,
    as_of: date,
) -> Ticket:
    """What the ticket should be on the day `as_of`; its notes are the events that it has not been told yet.

    `tenants`: in which the post stands; `copies`: what each tenant has of it, where there are several.
    """
    post, classification = change.read(), standing_plan(change)
    ours = {name: policy.tenants[name] for name in tenants if name in policy.tenants} or policy.tenants
    dates = our_dates(classification, ours.values())
    team = policy.teams.get(state.effect.team)
    entry = policy.tickets.get(state.effect.target) or TicketSystemEntry(kind="")
    address = _person(state.effect.answers or (team.owner if team else ""))
    case = Case(
        post, classification, dates, as_of, address or f"team {state.effect.team}", change.particulars,
        bool(state.ticket.number),
    )  # fmt: skip
    opened = state.ticket.opened_at if state.ticket.number else None
    proposal = propose(case, address, opened.date() if opened else None)
    untold = tuple(event for event in change.events if _to_tell(event, state))
    fell = _cancelled(change, state)
    day, moved = moved_after_approval(state.ticket, entry, untold, policy)
    asked = (f"{day}: {moved}: please assess it again",) if moved else ()
    workloads = change.decision.workloads if change.decision else ()
    frozen = freezes_of(classification, policy, as_of, tenants, workloads)
    risk = raised(risk_of(classification)) if raises_risk(frozen) else risk_of(classification)
    sources = {
        **_sources(case, proposal, state, frozen),
        "when": (*halts(change, ours), *rollouts(case)),
        "differences": tuple(
            Part(line, "the tenants' own copies") for line in lines_by_tenant(change, policy, copies, as_of)
        ),
        "answers": tuple(Part(line, "what people answered") for line in answer_lines(change.assessment)),
    }
    return Ticket(
        key=state.ticket.key or ticket_key(deployment, change.id),
        change_id=change.id,
        title=cut(f"{change.id} {short_title(post.title)}".strip(), TITLE_LIMIT),
        what=cut(_what(post), _WHAT_LIMIT),
        kind=kind_words(classification),
        arrives=arrival_words(classification),
        audience=text_of(proposal.audience),
        services=tuple(clean(service) for service in post.services),
        tenants=_tenant_names(tenants),
        when=tuple(part.text for part in sources["when"]),
        planned_start=planned_start(case),
        planned_end=planned_end(case),
        act_by=deadline(case),
        to_do=to_do(classification, as_of, recommends=bool(change.particulars.steps)),
        if_nobody_acts=text_of(proposal.if_nobody_acts),
        risk=risk,
        risk_why=text_of(sources["risk_why"]),
        impact=classification.impact,
        admin_impact=classification.admin_impact,
        user_impact=classification.user_impact,
        risk_words=risk if raises_risk(frozen) else risk_words(case),
        impact_words=impact_words(case),
        impact_why=text_of(proposal.impact_why),
        why_board=text_of(sources["why_board"]),
        why=tuple(part.text for part in sources["why"]),
        test_plan=text_of(proposal.test_plan, "\n"),
        communication_plan=text_of(proposal.communication_plan),
        backout=text_of(proposal.backout),
        group=(team.crb_group or state.effect.team) if team else state.effect.team,
        links=_links(post, public_url, policy.cloud_of(tenants)),
        cancelled=fell and entry.on_cancel == "cancel",
        reopen=not fell and _opens_again(state, entry, untold),
        reassess=moved if entry.on_move == "reassess" and not fell else "",
        notes=(*(note(change, event) for event in untold), *asked),
        implementation_plan=text_of(proposal.implementation_plan, "\n"),
        steps=proposal.steps,
        has_tasks=entry.tasks,
        requested_by=_requester(entry, policy),
        assigned_to=address,
        configuration_items=_configuration_items(change, policy),
        affected=tuple(part.text for part in proposal.affected),
        compliance=tuple(part.text for part in proposal.compliance),
        unsure=text_of(sources["unsure"]),
        freezes=tuple(part.text for part in sources["freezes"]),
        differences=tuple(part.text for part in sources["differences"]),
        answers=tuple(part.text for part in sources["answers"]),
        sources=sources,
    )


def _sources(
    case: Case, proposal: Proposal, state: EffectState, frozen: Sequence[InFreeze]
) -> Mapping[str, tuple[Part, ...]]:
    """Every field that speaks for us, as parts that name their sources."""
    doubt = doubts(case.classification)
    read = {
        name: getattr(proposal, name)
        for name in (
            "audience", "affected", "risk_why", "impact_why", "if_nobody_acts", "implementation_plan", "test_plan",
            "communication_plan", "backout", "compliance",
        )
    }  # fmt: skip
    raising = [each for each in frozen if each.what == "rollout"]
    return {
        **read,
        "freezes": tuple(Part(f"{each.words}.", "the policy: calendar.freezes") for each in frozen),
        "risk_why": (
            *read["risk_why"],
            *(
                Part(f"Our freeze “{each.freeze.name}” raises it.", "the policy: calendar.freezes")
                for each in raising[:1]
            ),
        ),
        "why_board": (why_board(case),),
        "why": tuple(_why(reason) for reason in state.effect.why),
        "unsure": (
            *((Part(doubt, "how often such readings are right"),) if doubt else ()),
            *(Part(words, "a second reader") for words in read_otherwise(case.classification)),
        ),
    }


def _person(answers: str) -> str:
    """The address of a person; empty for a group."""
    return "" if answers.startswith(GROUP) else answers


def _requester(entry: TicketSystemEntry, policy: Policy) -> str:
    owner = policy.roles.service_owner
    return entry.requested_by or next((_person(who) for who in (owner.who if owner else ()) if _person(who)), "")


def _configuration_items(change: Change, policy: Policy) -> tuple[str, ...]:
    """Of the workloads that the change concerns, in the order of the decision."""
    workloads = change.decision.workloads if change.decision else ()
    loads = (policy.workloads[name] for name in workloads if name in policy.workloads)
    return tuple(dict.fromkeys(load.configuration_item for load in loads if load.configuration_item))


def _why(reason: Reason) -> Part:
    """A reason of the policy's; where it does not name its route, its source says where that is."""
    is_named = reason.sentence == reason.words
    return Part(reason.sentence, "the policy" if is_named else f"the policy: {reason.words}")


def _cancelled(change: Change, state: EffectState) -> bool:
    """Whether the plan fell in time: as an event that is not late, or before there was a ticket.

    What only a later reader sees cancels nothing.
    """
    if change.classification.status not in _CANCELLING:
        return False
    timely = any(event.type == "cancelled" and not event.part and not event.late for event in change.events)
    return timely or not state.ticket.number


def _to_tell(event: Event, state: EffectState) -> bool:
    return not event.late and event.id in state.effect.events and event.id not in state.ticket.applied


def _opens_again(state: EffectState, entry: TicketSystemEntry, untold: Sequence[Event]) -> bool:
    """Whether a ticket that has ended is to be looked at again for what happened since."""
    if state.ticket.state not in ENDED or entry.reopen == "never":
        return False
    happened = {event.type for event in untold} & MATERIAL - {"announced", "cancelled", "superseded"}
    return "resumed" in happened or (entry.reopen == "material" and bool(happened))


def _what(post: Post) -> str:
    """The post's summary, else its whole text."""
    if any(value.strip() for value in post.detail("Summary")):
        return what_changes(post) or post.title
    return clean(plain_text(post.body, post.body_type)) or clean(post.title) or post.id


def _tenant_names(tenants: Sequence[str]) -> tuple[str, ...]:
    """The tenants by name, of very many the first and how many more."""
    more = len(tenants) - _TENANTS_SHOWN
    return (*tenants[:_TENANTS_SHOWN], *((f"and {more} more",) if more > 0 else ()))


def _links(post: Post, public_url: str, cloud: Cloud) -> tuple[tuple[str, str], ...]:
    roadmap = ((f"Roadmap {number}", _ROADMAP + number) for number in roadmap_ids(post)[:_ROADMAP_SHOWN])
    return (
        ("Message Center", post_url(post.id, cloud)),
        *roadmap,
        ("Foresignal: history, dates and decisions", page_url(post.id, public_url)),
    )
