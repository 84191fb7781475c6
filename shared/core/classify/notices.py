"""Notices: posts that come back every month or tell of a fault, and plan nothing."""

from shared.core.text.wording import any_of

# Notices that come back every month and plan nothing.
_RECURRING = any_of(
    r"(?:security|preview|quality|cumulative|monthly|out-of-band|optional) updates? (?:is|are)(?: now)? available",
    r"(?<!of )the \w+ 20\d\d [\w ]{1,30}(?:is|are)(?: now)? available",
    "office hours",
    "what's new in",
    "monthly (?:recap|highlights)",
    "service update for",
    "release notes",
    "updates? available for",
    "in development for",
    r"get started with \w+ \d{4}",
    "current status",
    "now available for (?:all )?(?:supported )?(?:versions of )?windows",
)
# Notices of what has happened: an update for a fault was released on a day, or is only being worked on.
_OUT_OF_BAND = any_of("out-of-band")
_REPAIR = any_of("known issue", r"(?:update|fix|patch)\b.{0,20} address(?:es|ing)? (?:\w+ )?issues?\b")


def is_notice(title: str, *, dated: bool, planned: bool) -> bool:
    """Whether a title is that of a notice. `dated`: the post names a day; `planned`: it has a when-section."""
    if _OUT_OF_BAND.search(title):
        return not dated
    return _RECURRING.search(title) is not None or (_REPAIR.search(title) is not None and not planned)
