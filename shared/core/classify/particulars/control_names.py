"""The names of controls in a sentence: settings, policies, cmdlets, and paths through an admin centre."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from shared.core.classify.particulars.bare_names import bare_names, bold_settings, identifiers
from shared.core.classify.particulars.paths import centre, pages, paths
from shared.core.classify.particulars.setting_names import keys, settings, users_set
from shared.core.terms import ControlKind
from shared.core.text.wording import Wording, any_of, has_any

# Quickly tells sentences that name none.
_SIGNS = (
    *(">", "→", "›", "olic", "etting", "oggle", "egistr", "HKLM", "HKCU", "HKEY", "arameter", "ttribute", "property"),
    *("MSFT", "Set-", "New-", "Grant-", "able-", "center", "Center", "portal", "Portal", "centre", 'n "', 'f "', 'e "'),
    *("Set ", "set ", "PPAC", "TAC", "reference", "heckbox", "Control", " rule", "nabled", "sabled", "llow", "lag"),
    *("ing option", "com.micro", " inheritance", "ermissions on the"),
)
# A new one, as a post tells it: "We're adding a new Pin Notes setting."
_NEW = any_of(
    r"(?:introduc|add|roll)\w* (?:out )?(?:a|the) new\b", r"a new (?:[\w-]+ ){0,8}(?:setting|toggle|policy)\b"
)
_KEYS = ("etting", "olicy", "egistry", "lag", "ttribute", "arameter")
# A parameter beside the policy that holds it, as lists tell it: "OWAMailboxPolicy -PinPages".
_OF_POLICY = Wording(r"(?<![\w-])((?:O[Ww][Aa]Mailbox|[Cc]s[A-Z]\w{3,50})Policy) -([A-Z][A-Za-z]{4,60})\b")
_WHOLE_NAME = Wording(r"\W*\w[\w.]{7,89}\W*")
_LONGEST = 200
_LONGEST_SENTENCE = 1_000  # no real one is: what stands behind is not read
_MOST_PARAMETERS = 4

_CMDLET = Wording(
    r"\b(?P<cmdlet>(?:Set|New|Grant|Enable|Disable|Add|Remove|Update|Register|Start|Stop"
    r"|Invoke)-[A-Z][A-Za-z0-9]{3,60})"
    r"(?P<rest>(?:\s(?:\([\w. ]{1,40}\) \| )?(?:-[A-Za-z]\w{1,90}|<[^<>]{1,40}>|\$\w{1,20}|\"[^\"]{0,60}\""
    r"|\([\w ]{1,30}\)"
    r"|[\w.@:/]{1,60})(?=\s|[.,;)]|$)){0,12})"
)
_JOINT = ", and/or "
_JOINED = Wording(r" ?(?:,|/|and|or|,? and|,? or|and/or|\|) ?")  # between two of a list
_PARAMETER = Wording(r"(?<=\s)-([A-Z]\w{2,90})")
_BESIDE = Wording(r"\s-([A-Z][A-Za-z]{3,60})\b(?: parameter)?")
# A line of a list: "Set-PageTenant (new parameters: PinPages, KeepPages)".
_NEW_PARAMETERS = Wording(
    r"\W*(?P<cmdlet>(?:Set|New|Grant|Enable|Add|Update|Start|Invoke)-[A-Z]\w{3,60}) "
    r"\((?:new )?parameters?: (?P<names>[\w, ]{3,300})\)"
)
_IDENTIFIER = Wording(r"\b[A-Z]\w{3,80}")
_ALONE = Wording(r"(?:^|\s)-([A-Z][A-Za-z]{3,60}) parameter\b")
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
    r"|customi[sz]|prevent|modif)\w*",
    r"(?:set|use|using|via|through|by default|default|review|check|verify|under|respects?|requires?)\b",
)
# No new ones, or those that an organisation has anyway.
_NONE = any_of(
    r"no (?:new |additional |existing )?(?:\w+ ){0,2}(?:policies|settings|controls)\b",
    r"learn more",
    r"(?:how to|create and|manage|configure|set up) [^:|]{3,90}\| microsoft learn\b",
    r"(?:guidance|refer to|review|see)\b[^|]{0,140}\| microsoft learn\b",
    r"existing (?:\w+ ){0,3}(?:policies|settings)",
)


# Says only who someone is.
_WHO = any_of(
    r"(?:who is affected:? )?(?:\w+[ -]){0,4}(?:admins?|administrators?|teams|organi[sz]ations|tenants|customers) "
    r"(?:who|that|managing|configuring) (?:create|manage|configure|administer|use)?(?!.*\b(?:can|should|must"
    r"|will|may|need)\b)",
    lead="^",
)


@dataclass(frozen=True, slots=True)
class Name:
    """A control as the post names it."""

    kind: ControlKind
    text: str


def may_name(text: str) -> bool:
    """Whether looking for names is worth the while."""
    return has_any(text, _SIGNS)


def names(sentence: str, title: str, place: str = "", bold: tuple[str, ...] = ()) -> list[Name]:
    """The controls that a sentence names; cmdlets that `title` names are what the post is about.

    `place`: the admin centre of which the words before speak; `bold`: what the post sets in bold.
    """
    if sentence.rstrip('" ').endswith("?"):
        return []
    sentence = sentence[:_LONGEST_SENTENCE]
    found: list[tuple[ControlKind, str]] = [("cmdlet", name) for name in _cmdlets(sentence, title)]
    ways = list(paths(sentence, place)) or list(pages(sentence, place))
    found += [("path", way) for way in ways]
    if "Policy" in sentence and not _ENDING.search(sentence):
        found += [("setting", f"{policy} -{name}") for policy, name in _OF_POLICY.findall(sentence)]
    if _WHOLE_NAME.fullmatch(sentence):
        found += _unlike(found, chain(identifiers(sentence), keys(sentence)))
    elif not _NONE.search(sentence) and not _WHO.match(sentence):
        if _ACTS.search(sentence):
            found += settings(sentence)
            if not users_set(sentence):
                found += _unlike(found, chain(bare_names(sentence), bold_settings(sentence, bold)))
        elif has_any(sentence, _KEYS):
            found += identifiers(sentence)
            if _NEW.search(sentence):
                found += settings(sentence)
                found += _unlike(found, bare_names(sentence))
        if not ways and (only := centre(sentence)):
            found.append(("path", only))
    return [Name(kind, text.strip()[:_LONGEST]) for kind, text in found]


def _unlike(
    known: list[tuple[ControlKind, str]], more: Iterator[tuple[ControlKind, str]]
) -> list[tuple[ControlKind, str]]:
    """Those names that are not, in other words, among the known ones or those before."""
    new: list[tuple[ControlKind, str]] = []
    others: list[str] | None = None
    for kind, name in more:
        if others is None:
            others = [other.lower() for _, other in known]
        lower = name.lower()
        least = lower.removesuffix(" page")
        if not any(least in other or other in least for other in others):
            new.append((kind, name))
            others.append(lower)
    return new


def _cmdlets(sentence: str, title: str) -> Iterator[str]:
    """The cmdlets that a sentence tells to use, each with its parameter; none that is what the post is about."""
    if "-" not in sentence:
        return
    if " parameter" in sentence and not _CMDLET.search(sentence) and not _ENDING.search(sentence):
        yield from (f"-{name}" for name in _ALONE.findall(sentence)[:_MOST_PARAMETERS] if name not in title)
    if (whole := _NEW_PARAMETERS.match(sentence)) and whole["cmdlet"] not in title:
        yield from (f"{whole['cmdlet']} -{name}" for name in _IDENTIFIER.findall(whole["names"])[:_MOST_PARAMETERS])
        return
    end = -_LONGEST
    for match in _CMDLET.finditer(sentence):
        cmdlet = match["cmdlet"]
        if cmdlet in title or _ENDING.search(sentence):
            continue
        about = sentence[: match.start()] + sentence[match.end("cmdlet") :]
        before = _BESIDE.findall(sentence, max(0, match.start() - _BESIDE_WIDTH), match.start())
        own = _sets(_PARAMETER.findall(match["rest"])) or _sets(before)[-1:]
        beside = 0 <= match.start() - end <= len(_JOINT) and _JOINED.fullmatch(sentence, end, match.start())
        if not own and not beside and ("| Microsoft" in sentence or not _ACTS.search(about) or _NONE.search(about)):
            continue
        end = match.end("cmdlet")
        yield from (f"{cmdlet} -{each}" for each in own[:_MOST_PARAMETERS]) if own else (cmdlet,)


def _sets(parameters: list[str]) -> list[str]:
    """The parameters without those that say of whom or what."""
    return [each for each in parameters if each.lower() not in _PICKS]
