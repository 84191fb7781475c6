"""`foresignal settle`: a person's word on a field of a change."""

from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from shared.cli.tools import LONGEST_CELL, Json, State, as_json, complain, printable, table, with_deployment
from shared.cli.who import signed_in
from shared.core import ids
from shared.core.errors import PermanentError
from shared.core.posts.privacy import shown_title
from shared.core.text.safe import cut

if TYPE_CHECKING:
    from shared.core.changes.change import Change
    from shared.core.changes.settled import FieldValue
    from shared.core.posts.classification import FieldName
    from shared.core.review.assessment import FieldAct, FieldView, Release, Wanted
    from shared.usecases.deps import Deps
    from shared.usecases.review.decide import Settling

HELP = """Settle fields of a change: what you say counts in routes, tickets, cards and on pages.

Without FIELD=VALUE it shows the fields: what counts, what was read, who settled it.

\b
foresignal settle MC1234567
foresignal settle MC1234567 kind=retirement crb=yes user_impact=high
foresignal settle MC1234567 act_by=2026-09-30 --by "Ana Silva"
foresignal settle MC1234567 rollouts="ga worldwide 2026-05-01..2026-05-10"
foresignal settle MC1234567 --release kind --release rollouts

\b
kind          new_feature, feature_change, retirement, security,
              maintenance, info
admin_impact  high, medium, low; so is user_impact
default       on, off, removed, n/a
action        required, optional, none
crb           yes, no; so is training
act_by        a day such as 2026-09-30, or none
status        scheduled, cancelled, on_hold, superseded, withdrawn,
              no_schedule
rollouts      PHASE CLOUDS START, PHASE CLOUDS to END or
              PHASE CLOUDS START to END, a ; between two; or none.
              PHASE is preview, targeted, ga or retirement. CLOUDS are
              worldwide, gcc, gcch, dod, china, commas between them.
              START and END are a day, or FIRST..LAST. So a whole plan is
              "preview gcc 2026-04-01; ga worldwide,gcc
              2026-05-01..2026-05-10 to 2026-06-30"
              Or the JSON list that `foresignal classify` prints.

A settled field changes no other one; the answer says which ones do not fit it any more. What people were told
stays told. Days and status count until Microsoft says other ones; the other fields go on, and are marked as settled
for an earlier edition.
"""

T = TypeVar("T")


def settle(
    change: Annotated[str, typer.Argument(metavar="ID", show_default=False, help="The change, such as MC1234567.")],
    fields: Annotated[
        list[str] | None, typer.Argument(metavar="FIELD=VALUE", show_default=False, help="What to settle.")
    ] = None,
    release: Annotated[
        list[str] | None,
        typer.Option("--release", metavar="FIELD", show_default=False, help="Leave a field to the reader again."),
    ] = None,
    by: Annotated[str, typer.Option("--by", show_default="who is signed in", help="Who settles it.")] = "",
    json_: Json = False,
    state: State = None,
) -> None:
    change_id, wanted = ids.normalise(change), _wanted(fields or [], release or [])
    if not wanted:
        _show(_known(change_id, with_deployment(state, lambda deps: _read(deps, change_id))), json_=json_)
        return
    _answer(_known(change_id, with_deployment(state, lambda deps: _settle(deps, change_id, wanted, by))), json_=json_)


async def _read(deps: "Deps", change_id: str) -> "Change | None":
    from shared.record.changes import read_alone

    record = await read_alone(deps.storage.tables, change_id)
    return record.change if record else None


async def _settle(deps: "Deps", change_id: str, wanted: "Wanted", by: str) -> "Settling | None":
    from shared.usecases.review.decide import settle_fields

    who = cut(printable(" ".join((by or await signed_in()).split())), LONGEST_CELL)
    return await settle_fields(deps, change_id, wanted, who)


def _known(change_id: str, there: T | None) -> T:
    if there is None:
        raise PermanentError(f"there is no change {change_id}")
    return there


def _wanted(fields: list[str], release: list[str]) -> "Wanted":
    """What is to be settled and released, by field; what is wrong with it is wrong usage."""
    from shared.core.review.assessment import RELEASE
    from shared.core.review.typed import field_named, typed_value

    wanted: dict[FieldName, FieldValue | Release] = {}
    try:
        for text in fields:
            before, value = _parted(text)
            name = _once(wanted, field_named(before))
            wanted[name] = typed_value(name, value)
        for text in release:
            wanted[_once(wanted, field_named(text))] = RELEASE
    except PermanentError as error:
        raise typer.BadParameter(printable(str(error)), param_hint="FIELD=VALUE") from error
    return wanted


def _parted(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise PermanentError(f"{cut(text, LONGEST_CELL)!r} is no FIELD=VALUE, such as kind=retirement")
    return name, value


def _once(wanted: "Wanted", name: "FieldName") -> "FieldName":
    if name in wanted:
        raise PermanentError(f"{name} is named twice")
    return name


def _show(change: "Change", *, json_: bool) -> None:
    from shared.core.changes.settled import as_label
    from shared.core.review.assessment import field_views
    from shared.core.review.typed import as_typed

    views = field_views(change)
    if json_:
        as_json(
            [
                {
                    "field": view.name,
                    "value": as_label(view.name, view.value),
                    "read": as_label(view.name, view.reading),
                    "settled": as_label(view.name, view.settled.value) if view.settled else None,
                    "by": view.settled.by if view.settled else None,
                    "at": view.settled.at if view.settled else None,
                    "standing": view.standing,
                }
                for view in views
            ]
        )
        return
    typer.echo(printable(f"{change.id}: {shown_title(change.read())}"))
    table(
        ("field", "counts", "was read", "settled"),
        ((view.name, as_typed(view.value), as_typed(view.reading), _settled_in_words(view)) for view in views),
    )


def _settled_in_words(view: "FieldView") -> str:
    from shared.core.review.typed import as_typed

    if view.settled is None:
        return ""
    by = view.settled.words.removeprefix("settled ")
    if view.standing == "fell":
        return f"{as_typed(view.settled.value)}, {by}; no longer holds: Microsoft says otherwise since"
    return f"{by}, for an earlier edition: look again" if view.standing == "earlier" else by


def _answer(settling: "Settling", *, json_: bool) -> None:
    """What became of it: one line a field, what does not fit any more, and who was faster."""
    from shared.core.changes.settled import as_label
    from shared.core.review.typed import as_typed

    if json_:
        as_json(
            {
                "id": settling.change.id,
                "written": any(act.changes for act in settling.acts) and not settling.lost,
                "fields": [
                    {
                        "field": act.name,
                        "old": as_label(act.name, act.old),
                        "new": as_label(act.name, act.new),
                        "changes": act.changes and not settling.lost,
                        "before": act.before and {"value": as_label(act.name, act.before.value), "by": act.before.by},
                    }
                    for act in settling.acts
                ],
                "lost": [act.name for act in settling.lost],
                "unfit": [
                    {
                        "field": each.name,
                        "value": as_label(each.name, each.value),
                        "fitting": as_label(each.name, each.fitting),
                    }
                    for each in settling.unfit
                ],
            }
        )
    elif not settling.lost:
        for act in settling.acts:
            typer.echo(printable(f"{act.name}: {_act_in_words(act)}"))
        for each in settling.unfit:
            typer.echo(
                f"does not fit: {each.name} is {as_typed(each.value)}; with {each.because} it is "
                f"{as_typed(each.fitting)} by definition. If that is meant: {each.name}={as_typed(each.fitting)}"
            )
    for act in settling.lost:
        value = f"settled it as {as_typed(act.before.value)}" if act.before else "released it"
        who = act.before.by if act.before else "somebody"
        complain(
            printable(
                f"error: {act.name}: {who} {value} in this moment; nothing was written. Settle again if you mean it"
            )
        )
    if settling.lost:
        raise typer.Exit(1)


def _act_in_words(act: "FieldAct") -> str:
    from shared.core.review.typed import as_typed

    before = act.before
    if not act.changes:
        return (
            f"nothing changes, {as_typed(act.new)} was {before.words}"
            if before
            else "nothing changes, it is not settled"
        )
    was = f" (it was {as_typed(before.value)}, {before.words})" if before else f" (it was read as {as_typed(act.old)})"
    if act.after is None:
        return f"left to the reader again, who reads {as_typed(act.new)}{was}"
    return f"{as_typed(act.new)}{was}"
