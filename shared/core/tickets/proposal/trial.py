"""The test plan, by the kind of change: advice of ours, which follows from the kind and from days that lie ahead."""

from collections.abc import Iterator

from shared.core.posts.classification import FieldName, Window
from shared.core.terms import ControlKind
from shared.core.text.wording import any_of
from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case
from shared.core.tickets.proposal.outcome import GOES_ON
from shared.core.words import dates as plain_dates

_FEATURES = frozenset({"new_feature", "feature_change"})
_SIGN_IN = any_of(
    r"sign(?:ing)?[- ]?ins?", r"log(?:ging)?[- ]?ins?", r"authenticat\w+", r"MFA", r"tokens?", r"OAuth", r"TLS",
    r"credentials?", r"service principals?", r"app registrations?", r"conditional access", r"passwords?",
    r"legacy protocols?", r"SMTP",
)  # fmt: skip
_SETTINGS: tuple[ControlKind, ...] = ("setting", "policy", "cmdlet")


def test_plan(case: Case) -> Iterator[Part]:
    """Numbered steps; nothing for what does not come, is there already, or of which the kind is not sure."""
    steps = list(_steps(case)) if case.stands and case.stage != "past" else []
    if not steps and case.stands and case.stage != "past" and case.unsure("kind"):
        yield Part(
            f"We are not sure what kind of change this is: {case.owner} should say how to test it.", case.source("kind")
        )
    for number, part in enumerate(steps, 1):
        yield Part(f"{number}. {part.text}", part.source)


def _steps(case: Case) -> Iterator[Part]:
    classification = case.classification
    before = f"Before {case.start_words}: " if case.start else ""
    if _is_removal(case):
        source = case.source("kind" if classification.kind == "retirement" else "default")
        yield Part("Find who uses it, and how: usage reports, audit log, a question to the owners.", source)
        if case.stage not in {"begun", "beginning"} and not case.says(GOES_ON):
            yield Part("Check with them that their work goes on without it.", source)
    elif classification.kind == "security" and not case.unsure("kind") and case.says(_SIGN_IN):
        words = "test sign-in and the integrations that use it: apps, scripts, service accounts."
        yield Part(_sentence(before, words), _source(case, "kind"))
    elif classification.default == "off" and case.sure("default"):
        yield Part(f"Turn it on for a test group first{_with(case)}.", case.source("default"))
    elif _is_new_default(case):
        yield _new_default(case, before)
    else:
        return
    yield from _early_ring(case)


def _is_removal(case: Case) -> bool:
    retired = case.classification.kind == "retirement" and not case.unsure("kind")
    return retired or (case.classification.default == "removed" and case.sure("default"))


def _is_new_default(case: Case) -> bool:
    classification = case.classification
    arrives = classification.default == "on" and case.sure("default")
    return arrives and classification.kind in _FEATURES and not case.unsure("kind")


def _new_default(case: Case, before: str) -> Part:
    control = _control(case)
    if control and case.stage == "ahead":
        words = next(each.words for each in case.particulars.controls if each.kind in _SETTINGS)
        source = f"the post: “{words}”; {_source(case, 'default')}"
        return Part(_sentence(before, f"check “{control}” in a test group."), source)
    return Part("Check it with a test group as soon as it is there.", case.source("default"))


def _early_ring(case: Case) -> Iterator[Part]:
    """A preview or targeted release of our cloud that still lies ahead, where ours is a later ring."""
    if not case.sure("rollouts"):
        return
    clouds = {cloud for window in case.dates.windows for cloud in window.clouds}
    for window in case.classification.windows:
        if window.phase in {"preview", "targeted"} and _is_open(case, window) and clouds & set(window.clouds):
            phase = plain_dates.PHASES[window.phase].lower()
            when = plain_dates.window(window)
            yield Part(f"A {phase} comes first ({when}): put a test group into it.", f"the post: “{window.words}”")
            return


def _is_open(case: Case, window: Window) -> bool:
    """Its first day lies ahead, and it is none of our own."""
    return window.start is not None and window.start.first > case.as_of and window not in case.dates.windows


def _with(case: Case) -> str:
    control = _control(case)
    return f", with “{control}”" if control else ""


def _control(case: Case) -> str:
    return next((each.name for each in case.particulars.controls if each.kind in _SETTINGS), "")


def _source(case: Case, name: FieldName) -> str:
    """Of a step that may name the day on which the rollout begins."""
    return case.source(name, "rollouts") if case.start else case.source(name)


def _sentence(before: str, words: str) -> str:
    """The words as a sentence, with the day before them where there is one."""
    return before + words if before else words[:1].upper() + words[1:]
