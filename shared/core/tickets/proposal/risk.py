"""Risk and impact, each with the sentence that says so."""

from collections.abc import Iterator

from shared.core.posts.classification import Classification, FieldName
from shared.core.terms import Level
from shared.core.text.wording import any_of
from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case
from shared.core.words.dates import listed

_IMPACTS: tuple[tuple[FieldName, str], ...] = (("user_impact", "users"), ("admin_impact", "admins"))


_SPARES = any_of(
    r"no (?:additional |further |admin )?(?:action|changes?|configuration|impact|update)s?\b",
    r"not (?:be )?(?:impacted|affected)",
)
"""What a sentence says that is no reason for an impact."""
_FELT = any_of(
    r"no longer", r"stops?", r"fail\w*", r"los(?:e|es|s)", r"unable", r"cannot", r"can't", r"won't", r"must",
    r"needs? to", r"ha(?:s|ve) to", r"required to", r"block\w*", r"break\w*", r"remov\w+", r"disabl\w+",
    r"disrupt\w*", r"replac\w+",
)  # fmt: skip
"""What a sentence says that somebody would notice."""
_USERS, _ADMINS = (
    any_of(r"users?", r"customers"),
    any_of(r"admin\w*", r"you\b", r"your\b", r"organi[sz]ations?", r"tenants?"),
)
UNSURE_RISK = "not sure"


def risk_words(case: Case) -> str:
    """The risk in a word, or two where it rests on doubt."""
    classification = case.classification
    risk, highest = risk_of(classification), classification.impact
    behind = [name for name, _ in _IMPACTS if getattr(classification, name) == highest]
    if highest == "low" or any(case.sure(name) for name in behind):
        return risk
    return UNSURE_RISK if all(case.unsure(name) for name in behind) else f"probably {risk}"


def impact_words(case: Case) -> str:
    """The impacts that somebody notices: "High for admins, probably medium for users"; without those in doubt."""
    words = [
        f"{'' if case.sure(name) else 'probably '}{getattr(case.classification, name)} for {who}"
        for name, who in reversed(_IMPACTS)
        if getattr(case.classification, name) != "low" and not case.unsure(name)
    ]
    sentence = ", ".join(words)
    return sentence[:1].upper() + sentence[1:]


def risk_of(classification: Classification) -> Level:
    """The higher of the two impacts; a change that the board must see is never low."""
    highest = classification.impact
    return "medium" if highest == "low" and classification.crb else highest


def risk_why(case: Case) -> Iterator[Part]:
    """The rule that decided, in words; nothing for what does not come."""
    if case.is_over:
        return
    classification = case.classification
    highest = classification.impact
    names = [(name, who) for name, who in _IMPACTS if getattr(classification, name) == highest]
    if highest == "low":
        if classification.crb and case.sure("crb"):
            yield Part("Low impact, but it is for the board.", case.source("crb"))
        return
    told = [(name, who) for name, who in names if not case.unsure(name)]
    if not told:
        return
    sure = [(name, who) for name, who in told if case.sure(name)]
    probably, told = ("", sure) if sure else ("probably ", told)
    shown = [who for _, who in told]
    yield Part(f"The impact on {listed(shown)} is {probably}{highest}.", case.source(*(name for name, _ in told)))


def impact_why(case: Case) -> Iterator[Part]:
    """The post's own words behind each impact that is not low; nothing where no words say it."""
    if case.is_over:
        return
    quotes: dict[str, list[str]] = {}
    for name, who in _IMPACTS:
        quoted = case.quotation(name)
        if quoted and getattr(case.classification, name) != "low" and case.sure(name) and _fits(case, name, quoted):
            quotes.setdefault(quoted.text, []).append(who)
    for words, everyone in quotes.items():
        yield Part(f"{listed(everyone).capitalize()}: {words}", f"the post: {words}")


def _fits(case: Case, name: FieldName, quoted: Part) -> bool:
    return case.classification.why[name].settled or _speaks_of(name, quoted.text)


def _speaks_of(name: FieldName, words: str) -> bool:
    """Whether a sentence may be told as the reason for an impact on users or on admins."""
    other = _ADMINS if name == "user_impact" else _USERS
    own = _USERS if name == "user_impact" else _ADMINS
    fits = own.search(words) or not other.search(words)
    return bool(fits and _FELT.search(words) and not _SPARES.search(words))
