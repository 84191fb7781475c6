"""A sentence as an instruction: what it asks for, from its verb on, without the politeness around it."""

import re
from dataclasses import dataclass

from shared.core.classify.particulars.verbs import GERUNDS, VERBS
from shared.core.text.wording import Wording, any_of, has_any

_LABEL = Wording(
    r"(?:\(?\d{1,2}[.)]\s+|step \d{1,2}[:.]?\s+|\(?(?:optional(?: but recommended)?|recommended(?:/optional)?"
    r"|required"
    r"|action required|action|important|note)\)?(?:\s*[:–-]\s*|(?<=\))\s+))",
    re.IGNORECASE,
)
_LINKING = Wording(
    r"(?:however|also|then|next|first|second|finally|lastly|instead|additionally|in addition|alternatively|otherwise"
    r"|optionally|therefore|as always|as a result|on the contrary|so|and|but|if needed"
    r"|if necessary|if applicable|if required|as needed"
    r"|when ready|as a reminder)\b(?: (?=[a-z])|,\s*)",
    re.IGNORECASE,
)
_KEPT = ("if ", "as needed")
_CLAUSE = Wording(
    r"(?:if|when|once|whenever|where|unless|until|to|before|after|prior to|ahead of|by|for|in|on|from|under|as|during"
    r"|within|between|starting|beginning|at|with|because|since"
    r"|while)\b[^,;:.]{2,180}(?:, [^,;:.]{2,60}){0,2}?,\s+"
    r"(?!20\d\d|versions? )(?=\w)",
    re.IGNORECASE,
)
_ADMINS = (
    r"(?:you(?:r (?:organi[sz]ation|team|tenant|(?:IT |tenant )?admin(?:istrator)?s?))?(?: and your \w+)?"
    r"|(?:all |affected |existing |impacted )?(?:(?:[A-Z][\w/]+ ){0,3}(?:tenant |global |security |site |billing "
    r"|compliance )?"
    r"(?:admins?|administrators)|organi[sz]ations|customers|tenants|enterprises|schools|partners)"
    r"(?: (?:who|that|which|using|with|currently) (?:[^,.;:]|:\d|, 20\d\d\b,?){2,80}?)?)"
)
_MODALS = (
    r"(?:must|(?:will |may |might )?(?:likely |also )?need to|needs to|should|have to|has to"
    r"|(?:are|is) (?:strongly )?(?:required"
    r"|encouraged"
    r"|advised|recommended|urged|asked) to|will have to|will be required to"
)
_POLITE = (
    rf"(?:(?i:please|kindly)(?: be sure to| make sure to)?,? (?:also )?"
    rf"|(?i:we(?: (?:strongly|highly|also|still|therefore))? (?:recommend|advise|encourage|suggest|urge|ask))"
    rf"(?: that)?(?: {_ADMINS})?(?: (?:to|should|must))? (?:also )?"
    r"|(?i:make sure to|be sure to) |(?i:it(?: is|'s) (?:strongly |highly )?(?:recommended|advised|advisable"
    r"|best)(?: practice)? (?:that you|to) )"
)
_MUST = Wording(rf"(?P<must>(?i:{_ADMINS}) {_MODALS}) (?:also |first |either |now |still )?)|(?P<polite>{_POLITE}))")
_MAY = Wording(
    rf"(?i:{_ADMINS}) (?:(?:may|might|could)(?: also)?(?: (?:wish|want|need|choose|consider|opt|decide"
    rf"|prefer))?(?: to)? )"
    r"(?:optionally |also )?",
)
_OTHERS = Wording(
    r"(?!(?:this|it|there|these|that|we|microsoft|they)\b)(?!.{0,60}\bnot (?:need|have|be)\b)(?:the |all |any "
    r"|your |affected |existing |impacted "
    r"|these |those |site |app |team |content |group ){0,3}"
    r"(?:[\w'/-]+ ){0,3}?(?:must|need to|should|have to) (?:also |then |first |either |now )?(?P<verb>[\w-]+)",
    re.IGNORECASE,
)
_PASSIVE = Wording(
    r"(?!(?:this|it|there|these|that|they)\b)(?:[\w'/&.-]+ ){1,12}(?:must|need to|needs to|should|have to"
    r"|has to) (?:first |also )?be (?:re)?(?:updated"
    r"|migrated"
    r"|replaced|moved|upgraded|configured|converted|changed|renewed|rebuilt|installed|enabled|granted|allowed|added"
    r"|transitioned|adjusted|removed|exported|redeployed|registered|reviewed)\b",
    re.IGNORECASE,
)
# What others "must" in a description: "Agents must include a name", "Users need to use Chrome".
_STATES = frozenset({"require", "include", "use", "provide", "work", "keep", "make", "take", "give", "show", "follow"})
_IF_NEEDED = Wording(r"\b(?:if|as) (?:needed|necessary|desired|applicable|relevant|appropriate)[.:]?$")
# "Assign it: admins will be able to ..." tells what can be done.
_TELLS = Wording(r"[^:.]{3,80}: (?P<word>[A-Z]\w{0,30})(?: [^.:]{1,80}?)? (?:will|can)\b")
_WORD = Wording(r"[A-Za-z]+(?:-[a-z]+)?")
# Words that are verbs only before these: "List view" asks for nothing, "List the views" does.
_VERBS_BEFORE = {
    "list": r"(?:the|all|every|each|which|any|your|those|these)\b",
    "control": r"(?:the|which|who|how|your)\b",
    "ask": r"(?!Copilot\b)[^.:,]{3,60}? to [a-z]",
    "improve": r"[^.:]{3,90} by [a-z]+ing\b",
}
_BEFORE = {verb: Wording(rf"\s+{what}") for verb, what in _VERBS_BEFORE.items()}
# After the word, it is a noun: "Review of ...", "Set is ...", "Plan 2".
_NOUN = Wording(
    r"\s+(?:is|are|was|were|will|can|has|have|may|must|of|does|do|policy|policies|admins?|path)\b|\s*[:|\d]|-[A-Z]"
    r"|(?<=earch) and [A-Z]"
)
# Those only are asked: "Admins who use Notes must ...".
_RELATIVE = Wording(r"\b(?:who|that|which|using|with)\b")
_THEIR = Wording(r"(\w+) their\b")
_THEMSELVES = Wording(r"\bthemselves\b")
_THEY = Wording(r"(\w+(?: that)?) they are\b")
# "Do not move pages", "We recommend not moving pages".
_NOT = Wording(
    rf"(?:(?i:{_ADMINS}) (?:must|should) not (?:also )?|(?i:please )?(?:[Dd]o not|DO NOT|[Dd]on't) )(?P<verb>[a-z-]+)\b"
    r"|(?i:we (?:strongly |highly )?(?:recommend|advise|suggest) (?:not|against) )[a-z]+ing\b"
)
_NEGATIONS = (" not ", " NOT ", "on't ", " against ")
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a sentence asks for. `verb`: its first verb; `strength`: how it is put to those who administer."""

    text: str
    verb: str
    demanded: bool = False
    weak: bool = False


def instruction(sentence: str) -> Instruction | None:
    """The sentence as an instruction; None where it asks for nothing."""
    rest, weak = _without_label(sentence.strip())
    lead, rest = _clauses(rest)
    tells = _TELLS.match(rest)
    if tells and tells["word"].lower() not in VERBS:
        return None
    forbidden = _NOT.match(rest) if has_any(rest, _NEGATIONS) else None
    if forbidden:
        return _forbidden(lead, rest, forbidden)
    asked = _MUST.match(rest)
    offered = None if asked else _MAY.match(rest)
    matched = asked or offered
    body = rest[matched.end() :] if matched else rest
    inner, body = _clauses(body) if matched else ("", body)
    verb, body = _verb(body, asked=matched is not None)
    if not verb:
        return _others(sentence, rest)
    text = body
    if matched and not matched[0].lower().startswith("you"):
        text = _THEIR.sub(r"\1 your", text, count=1) if _THEIR.match(text) else text
        text = _THEMSELVES.sub("yourself", text, count=1)
        text = _THEY.sub(r"\1 you are", text, count=1) if _THEY.match(text) else text
    if asked and asked["must"] and _RELATIVE.search(asked[0]):
        text = rest
    lead += inner
    text = lead + text[0].lower() + text[1:] if lead else text
    weak = weak or offered is not None or verb == "consider" or _IF_NEEDED.search(text) is not None
    return Instruction(_finished(text), verb, bool(asked and asked["must"]), weak)


def _forbidden(lead: str, rest: str, forbidden: re.Match[str]) -> Instruction | None:
    """What is asked not to be done."""
    if forbidden["verb"] is None:
        return Instruction(_finished(lead + rest), "avoid", demanded=True)
    if forbidden["verb"] not in VERBS or _NOUN.match(rest, forbidden.end()):
        return None
    text = f"{lead}do not {rest[forbidden.start('verb') :]}"
    return Instruction(_finished(text), "avoid", demanded=True)


def _without_label(text: str) -> tuple[str, bool]:
    """The text without "Optional:" or "1."; whether it is only optional."""
    weak = False
    while label := _LABEL.match(text):
        weak = weak or "optional" in label[0].lower()
        text = text[label.end() :]
    return text, weak


def _clauses(text: str) -> tuple[str, str]:
    """The conditions and purposes that lead a sentence, and what follows; linking words are dropped."""
    lead = ""
    for _ in range(3):
        linking = _LINKING.match(text)
        if linking:
            lead += linking[0] if linking[0].lower().startswith(_KEPT) else ""
            text = text[linking.end() :]
            continue
        clause = _CLAUSE.match(text)
        if not clause:
            break
        lead += clause[0]
        text = text[clause.end() :]
    return lead, text


def _verb(text: str, *, asked: bool) -> tuple[str, str]:
    """The verb in the base form that a text begins with, and the text so; an adverb may stand before it.

    `asked`: whether words that ask stand before it, so that "managing" is what they ask for.
    """
    word = _WORD.match(text)
    if word and word[0].lower() == "not":
        return "", text
    if word and word[0].endswith("ly") and word[0].lower() != "apply":
        after = _WORD.match(text, word.end() + 1)
        known = after and after[0].lower() in VERBS
        return (after[0].lower() if after and known else ""), text
    if not word or _NOUN.match(text, word.end()):
        return "", text
    lower = word[0].lower()
    if lower in VERBS or (lower in _BEFORE and _BEFORE[lower].match(text, word.end())):
        return lower, text
    base = GERUNDS.get(lower)
    if base and not asked and _FINITE.search(text):  # "Managing it requires a role" asks for nothing
        return "", text
    return (base, base + _ungerund(text[word.end() :])) if base else ("", text)


def _ungerund(rest: str) -> str:
    """What stands behind "reviewing", with other such verbs ("and updating") in their base form, too."""
    return _AND_GERUND.sub(lambda m: f"{m[1]}{GERUNDS.get(m[2].lower(), m[2])}", rest)


_FINITE = Wording(r"\b(?:requires?|is|are|was|will|can|does|has|helps?|allows?|ensures?|means|may|provides?|gives?)\b")
_AND_GERUND = Wording(r"(\b(?:and|or) )(\w{3,14}ing)\b")


def _others(sentence: str, rest: str) -> Instruction | None:
    """What others than administrators must do, or what must be done to something: told as the post tells it."""
    if _PASSIVE.match(rest):
        return Instruction(_finished(sentence), "", demanded=True)
    other = _OTHERS.match(rest)
    if other and other["verb"].lower() in VERBS - _STATES:
        return Instruction(_finished(sentence), other["verb"].lower(), demanded=True)
    return None


def _finished(text: str) -> str:
    text = text.strip().rstrip(".:;! ")
    text = text[:_LONGEST].rstrip()
    return text[:1].upper() + text[1:]


_TOLD = any_of(
    r"(?:notify|inform|communicat|educat|tell|brief|advis|remind|share|train|prepar|publish|announc|alert|encourag"
    r"|direct|let)\w*(?!.{3,80} to (?:review|add|update|check|verify|remove"
    r"|replace|install|move|migrate|transition|switch|upgrade|back|save|download|export)\b)",
    r"(?:updat|review|revis|creat|refresh)\w* (?:and \w+ )?(?:any |all |your |their |internal |existing |relevant "
    r"|user "
    r"|the )*(?:\w+ ){0,3}?(?:documentation|training|guidance|guides?|materials?|help ?desk|communications?"
    r"|help content"
    r"|playbooks|faqs?)\b(?!.{0,20}\bbefore\b)",
    r"updat\w* (?:it|them) (?:to|with)\b",
    r"include? .{0,40}\b(?:training|materials|documentation|guidance)\b",
    lead=r"^(?:(?:if|when|once|after|before|as|for|to|in)\b[^,]{2,120}, )?"
    r"(?:consider |regularly |proactively |clearly )?",
)


def only_tells(text: str) -> bool:
    """Whether an instruction asks only to tell people, or to write it down."""
    return _TOLD.match(text) is not None
