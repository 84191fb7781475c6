"""`foresignal route`: who would get a change, and why; for a known change or a described one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from shared.cli.past_posts import read_versions
from shared.cli.policy_given import PolicyFile, checked_policy, default_file
from shared.cli.post_files import HISTORY, POSTS
from shared.cli.tools import Json, State, as_json, day, with_deployment
from shared.core.errors import PermanentError
from shared.core.posts import classification as c
from shared.core.terms import Action, ComplianceTopic, Default, EventType, Impact, Kind, Status

if TYPE_CHECKING:
    from shared.core.decisions.what_if import WhatIf
    from shared.usecases.deps import Deps

_DESCRIBED = "A described change"


def _option(words: str, **more: Any) -> Any:
    return typer.Option(show_default=False, help=words, rich_help_panel=_DESCRIBED, **more)


def route(
    change: Annotated[
        str, typer.Argument(show_default=False, metavar="[MC1234567]", help="The post's id, or the options below.")
    ] = "",
    posts: Annotated[
        Path | None,
        typer.Option(
            show_default=False, metavar="FILE", exists=True, dir_okay=False,
            help=f"Look for it in this file instead of the deployment's storage. {POSTS}, or {HISTORY}.",
        ),
    ] = None,
    policy: PolicyFile = None,
    service: Annotated[list[str] | None, _option("A service of the post, as Microsoft names it. Repeatable.")] = None,
    title: Annotated[str, _option("The post's title.")] = "",
    text: Annotated[str, _option("The post's text.")] = "",
    kind: Annotated[str, _option(f"One of {', '.join(get_args(Kind))}.")] = "info",
    status: Annotated[str, _option(f"One of {', '.join(get_args(Status))}.")] = "scheduled",
    user_impact: Annotated[str, _option("high, medium or low.")] = "low",
    admin_impact: Annotated[str, _option("high, medium or low.")] = "low",
    action: Annotated[str, _option("What the admin must do: required, optional or none.")] = "none",
    default: Annotated[str, _option("How it arrives: on, off, removed or n/a.")] = "n/a",
    event: Annotated[list[str] | None, _option("What has just happened. Default: announced. Repeatable.")] = None,
    starts: Annotated[str, _option("The day on which the rollout begins.", metavar="DAY")] = "",
    act_by: Annotated[str, _option("The day to act by.", metavar="DAY")] = "",
    category: Annotated[str, _option("Message Center's category.")] = "",
    tag: Annotated[list[str] | None, _option("One of Message Center's tags. Repeatable.")] = None,
    audience: Annotated[list[str] | None, _option("Whom it concerns, as “Teams administrators”. Repeatable.")] = None,
    control: Annotated[list[str] | None, _option("A setting, policy or cmdlet that controls it. Repeatable.")] = None,
    compliance: Annotated[list[str] | None, _option("A topic of its compliance table, as ai. Repeatable.")] = None,
    tenant: Annotated[list[str] | None, _option("A tenant that shows it. Default: all. Repeatable.")] = None,
    crb: Annotated[bool, _option("It is for the Change Review Board.")] = False,
    training: Annotated[bool, _option("Users should be told or trained.")] = False,
    major: Annotated[bool, _option("Message Center calls it a major update.")] = False,
    json_: Json = False,
    state: State = None,
) -> None:  # fmt: skip
    """Show which routes a change takes, which condition failed at the others, and every ticket and card, with why.

    With an id: the change as it stands now. Without an id: a change that the options describe. Nothing is sent.
    """
    if bool(change) == bool(service or title or text):
        raise typer.BadParameter("name one change (MC1234567), or describe one with --service, --title, --kind ...")
    if change:
        answer = _in_file(change, posts, policy) if posts else _stored(change, policy, state)
    else:
        from shared.core.changes.change import Event
        from shared.core.decisions.what_if import starting, what_if_described
        from shared.core.posts.particulars import Audience, Compliance, Control, Particulars
        from shared.core.posts.post import Post

        today = datetime.now(UTC)
        in_force = checked_policy(policy or default_file())
        windows = (starting(day(starts, "--starts")),) if starts else ()
        classification = c.Classification(
            "",
            windows=windows,
            status=_value_of(status, Status, "--status"),
            act_by=day(act_by, "--act-by") if act_by else None,
            kind=_value_of(kind, Kind, "--kind"),
            admin_impact=_value_of(admin_impact, Impact, "--admin-impact"),
            user_impact=_value_of(user_impact, Impact, "--user-impact"),
            default=_value_of(default, Default, "--default"),
            action=_value_of(action, Action, "--action"),
            crb=crb,
            training=training,
        )
        post = Post(
            "", title, today, start=today, category=category, major=major,
            services=tuple(service or ()), tags=tuple(tag or ()), body=text, body_type="text",
        )  # fmt: skip
        events = [Event(_value_of(each, EventType, "--event"), "", today) for each in event or ["announced"]]
        particulars = Particulars(
            audience=tuple(Audience("other", name, "") for name in audience or ()),
            controls=tuple(Control("setting", name, "") for name in control or ()),
            compliance=tuple(
                Compliance(_value_of(topic, ComplianceTopic, "--compliance"), "", "") for topic in compliance or ()
            ),
        )
        tenants = tenant or tuple(in_force.tenants)
        answer = what_if_described(in_force, post, classification, events, today.date(), tenants, particulars)
    from shared.cli import route_tree
    from shared.core.decisions.explained import explained
    from shared.core.decisions.what_if import as_data

    if json_:
        as_json(as_data(answer))
    else:
        route_tree.show(explained(answer))


def _in_file(change: str, posts: Path, policy: Path | None) -> "WhatIf":
    from shared.core import ids
    from shared.core.backtest.replay import Replay
    from shared.core.decisions.what_if import what_if

    change_id = ids.normalise(change)
    in_force = checked_policy(policy or default_file())
    changes, _ = read_versions(posts, only=change_id)
    if not changes:
        raise PermanentError(f"there is no {change_id} in {posts}")
    world = Replay()
    versions = sorted(changes[0], key=lambda version: version.observed)
    for version in versions:
        world.take(version.raw, version.observed, version.tenant)
    tenants = tuple({version.tenant: None for version in versions})
    in_tenants = tenants if set(tenants) <= set(in_force.tenants) else tuple(in_force.tenants)
    return what_if(in_force, world.changes[change_id], versions[-1].observed, in_tenants)


def _stored(change: str, policy: Path | None, state: Path | None) -> "WhatIf":
    from shared.usecases.pages.why import why_of_change

    async def work(deps: "Deps") -> "WhatIf":
        answer = await why_of_change(deps, change, checked_policy(policy) if policy else None)
        if answer is None:
            raise PermanentError(f"{change} was never seen in any tenant; name a file with --posts")
        return answer

    return with_deployment(state, work)


def _value_of(value: str, literal: Any, option: str) -> Any:
    values = get_args(literal)
    if value not in values:
        raise typer.BadParameter(f"unknown value {value!r} (known: {', '.join(values)})", param_hint=option)
    return value
