"""The names of controls in a sentence: settings, policies, cmdlets, and paths through an admin centre."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared.core.classify.particulars.paths import centre, paths
from shared.core.classify.particulars.setting_names import settings
from shared.core.terms import ControlKind
from shared.core.text.wording import any_of, has_any

# Quickly tells sentences that name none.
_SIGNS = (
    *(">", "→", "›", "olic", "etting", "oggle", "egistr", "HKLM", "HKCU", "HKEY", "arameter", "ttribute", "property"),
    *("MSFT", "Set-", "New-", "Grant-", "able-", "center", "Center", "portal", "Portal", "centre", 'n "', 'f "', 'e "'),
    *("Set ", "set ", "PPAC", "TAC"),
)
_LONGEST = 200
_LONGEST_SENTENCE = 1_000  # no real one is: what stands behind is not read
_MOST_PARAMETERS = 4

_CMDLET = re.compile(
    r"\b(?P<cmdlet>(?:Set|New|Grant|Enable|Disable|Add|Remove|Update|Register|Start|Stop"
    r"|Invoke)-[A-Z][A-Za-z0-9]{3,60})"
    r"(?P<rest>(?:\s(?:\([\w. ]{1,40}\) \| )?(?:-[A-Za-z]\w{1,90}|<[^<>]{1,40}>|\$\w{1,20}|\"[^\"]{0,60}\""
    r"|\([\w ]{1,30}\)"
    r"|[\w.@:/]{1,60})(?=\s|[.,;)]|$)){0,12})"
)
_PARAMETER = re.compile(r"(?<=\s)-([A-Z]\w{2,90})")
_BESIDE = re.compile(r"\s-([A-Z][A-Za-z]{3,60})\b(?: parameter)?")
_BESIDE_WIDTH = 120
_PICKS = frozenset({"identity", "user", "group", "filter", "policyname", "name", "force", "global"})
# A cmdlet that ends, or that is only read about, controls nothing.
_ENDING = any_of(
    r"(?:retir|deprecat|remov|replac|decommission|discontinu)\w*",
    r"(?:will|may) (?:no longer|stop|fail)",
    r"cmdlets? (?:will be|is|are) (?:available|updated|changed|added)",
)

_ACTS = any_of(
    r"(?:manag|control|configur|disabl|enabl|turn|adjust|allow|block|creat|govern|restrict|toggl|determin"
    r"|customi[sz]|prevent)\w*",
    r"(?:set|use|using|via|through|by default|default|review|check|verify|under|respects?|requires?)\b",
)
# No new ones, or those that an organisation has anyway.
_NONE = any_of(
    r"no (?:new |additional |existing )?(?:\w+ ){0,2}(?:policies|settings|controls)\b",
    r"learn more",
    r"existing (?:\w+ ){0,3}(?:policies|settings)",
)


@dataclass(frozen=True, slots=True)
class Name:
    """A control as the post names it."""

    kind: ControlKind
    text: str


def may_name(text: str) -> bool:
    """Whether looking for names is worth the while."""
    return has_any(text, _SIGNS)


def names(sentence: str, title: str, place: str = "") -> list[Name]:
    """The controls that a sentence names; cmdlets that `title` names are what the post is about.

    `place`: the admin centre of which the words before speak.
    """
    sentence = sentence[:_LONGEST_SENTENCE]
    found: list[tuple[ControlKind, str]] = [("cmdlet", name) for name in _cmdlets(sentence, title)]
    ways = list(paths(sentence, place))
    found += [("path", way) for way in ways]
    if not _NONE.search(sentence):
        if _ACTS.search(sentence):
            found += settings(sentence)
        if not ways and (only := centre(sentence)):
            found.append(("path", only))
    return [Name(kind, text.strip()[:_LONGEST]) for kind, text in found]


def _cmdlets(sentence: str, title: str) -> Iterator[str]:
    """The cmdlets that a sentence tells to use, each with its parameter; none that is what the post is about."""
    if "-" not in sentence:
        return
    for match in _CMDLET.finditer(sentence):
        cmdlet = match["cmdlet"]
        if cmdlet in title or _ENDING.search(sentence):
            continue
        about = sentence[: match.start()] + sentence[match.end("cmdlet") :]
        before = _BESIDE.findall(sentence, max(0, match.start() - _BESIDE_WIDTH), match.start())
        own = _sets(_PARAMETER.findall(match["rest"])) or _sets(before)[-1:]
        if not own and ("| Microsoft" in sentence or not _ACTS.search(about) or _NONE.search(about)):
            continue
        yield from (f"{cmdlet} -{each}" for each in own[:_MOST_PARAMETERS]) if own else (cmdlet,)


def _sets(parameters: list[str]) -> list[str]:
    """The parameters without those that say of whom or what."""
    return [each for each in parameters if each.lower() not in _PICKS]
