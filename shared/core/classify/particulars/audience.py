"""Whom a change concerns: roles, licences or plans, platforms, other prerequisites."""

import re
from collections.abc import Iterable, Iterator

from shared.core.classify.document import Document, Line
from shared.core.classify.particulars.doers import DOER_SIGNS, DOERS, doer, special
from shared.core.classify.particulars.licences import licences_of, premium_of
from shared.core.classify.particulars.passages import Passage, begins_other, passages, tells_who, whole
from shared.core.classify.particulars.people import concerned, cut_name, denies, is_sentence, named, receiver, things
from shared.core.classify.particulars.platforms import platforms_of, platforms_of_graph
from shared.core.classify.particulars.requirements import (
    channel_of,
    requirements_of,
    versions_of,
    windows_of,
    windows_of_title,
    windows_of_update,
)
from shared.core.posts.particulars import Audience
from shared.core.posts.post import Post
from shared.core.terms import AudienceKind
from shared.core.text.safe import cut
from shared.core.text.wording import Wording, folded, has_any, sentences

MOST_ENTRIES = 40
_LONGEST_WORDS = 300
_GRAPHS = "Platforms: "  # how Graph's field is quoted
_LONGEST_SENTENCE = 800
_SENTENCES = 12  # of one line
#: Above a list of roles that may do something.
_ROLES = Wording(
    r"^(?!.{0,200}\b(?:not|cannot|added|included|removed|hidden)\b)[^:]{0,100}\b(?:following|supported|required|minimum)\b"
    r"[^:]{0,40}\broles?\b[^:]{0,140}:$",
    re.IGNORECASE,
)
_CONTROLLERS = Wording(r"\bdomain controllers\b", re.IGNORECASE)
_BEHIND_ROLE = Wording(r"(?: ?[:(–]| - ).{0,400}$")
_ROLE_NAME = Wording(r"[A-Z][\w&/-]{1,24}(?: [\w&/-]{1,24}){0,6}")
_BARE_ROLE = Wording(
    r"(?:IT |tenant )?(?P<noun>admin|maker|developer|supervisor|representative|seller|owner|organizer|analyst)"
    r"(?:istrator)?s",
    re.IGNORECASE,
)
_PLATFORMS_WORTH = Wording(r"\bappl(?:y|ies) (?:only |also )?to\b|^Platforms?\b", re.IGNORECASE)
#: Anybody who uses something.
_USERS_OF = Wording(
    r"(?:microsoft 365 |m365 )?(?:tenants|organi[sz]ations|customers|users|environments)(?: (?:and|or) \w+)?"
    r" (?:using|(?:that|who) use|with|on) (?P<what>.{2,60})",
    re.IGNORECASE,
)
#: "This affects your organization if:".
_IF = Wording(
    r"[^:.]{0,60}\b(?:affects?|impacts?|affected|impacted|applies|relevant|concerns)\b[^:.]{0,60}\b(?:if|when)"
    r"(?: (?:any|one|all|both|at least|you|your)\b[^:]{0,40})?:$",
    re.IGNORECASE,
)
_NOBODY = Wording(r"\b(?:not|no)\b", re.IGNORECASE)
_YOU = Wording(r"(?:You|Your (?:organi[sz]ation|tenant|company)) (?P<verb>[a-z']+)\b(?P<rest>[^.:]{3,150})\.?")
_PLURALS = {"has": "have", "is": "are", "uses": "use", "manages": "manage", "does": "do"}
_HOLDER = Wording(r"\w+ (?:with|assigned|in|who have) ")
_RELEASES = Wording(r"\d\dH\d")
#: A line without any of these says nothing that is read outside of "Who is affected".
_WORTH = (
    "icens", "ubscri", "SKU", "Suite", "365 E", "365 A", "365 F", "365 G", "pplies ", "pply ", "ffect", "mpact",
    "vailable ", "isible to", "imited to", "estricted to", "rolled out to", "roll out to", "rolling out to",
    "elevant ", "ntended ", "argeted ", "eceiving this", " or later", " or higher", " or above", " or newer",
    " or greater",
)  # fmt: skip


def read_audience(post: Post, document: Document) -> tuple[Audience, ...]:
    """Each thing once, in the order of the post; the platforms that only Graph names come last."""
    entries: dict[tuple[AudienceKind, str], Audience] = {}
    for entry in _entries(post, document):
        if len(entries) == MOST_ENTRIES:
            break
        if not _is_own(entry, post):
            entries.setdefault((entry.kind, _key(entry.name)), entry)
    return tuple(_without_parts(entries.values()))


def _key(name: str) -> str:
    return re.sub(r"\W+", " ", name.lower()).removeprefix("microsoft ").strip()


def _is_own(entry: Audience, post: Post) -> bool:
    """Whether it says only that somebody uses the product of the post."""
    match = _USERS_OF.fullmatch(entry.name) if entry.kind in {"other", "role"} else None
    return match is not None and _product(match["what"]) in {_product(service) for service in post.services}


def _product(name: str) -> str:
    return name.lower().removeprefix("microsoft ").removesuffix(" online").removesuffix(" for the web")


def _without_parts(entries: Iterable[Audience]) -> Iterator[Audience]:
    """Without what another one names more fully: "Copilot" beside "Microsoft 365 Copilot", "desktop" beside Windows."""
    every = list(entries)
    plans = {entry.name for entry in every if entry.kind == "licence"}
    for entry in every:
        match = _USERS_OF.fullmatch(entry.name) if plans and entry.kind in {"other", "role"} else None
        if match and match["what"].removesuffix(" enabled").removesuffix(" licenses") in plans:
            continue
        others = [other.name for other in every if other.kind == entry.kind and other is not entry]
        if not _is_part(entry.kind, entry.name, others):
            yield entry


def _is_part(kind: AudienceKind, name: str, others: list[str]) -> bool:
    if kind == "licence":
        return any(other.endswith(f" {name}") or other == f"{name} (Premium)" for other in others)
    if kind == "platform":
        # "desktop" of Graph is Windows; "Windows" says less than "Windows 11, version 24H2".
        if releases := set(_RELEASES.findall(name)):
            base = name.split(",", 1)[0]
            return any(other.startswith(base) and releases < set(_RELEASES.findall(other)) for other in others)
        if name == "desktop":
            return any(other.startswith(("Windows", "Mac")) for other in others)
        return any(
            other.startswith(("Windows 1", "Windows Server") if name == "Windows" else f"{name},") for other in others
        )
    if kind == "other":
        low = name.lower()
        return any(
            other.lower().endswith(f" {low}") or other.startswith((f"{name} and ", f"{name} that ", f"{name} who "))
            for other in others
        )
    # "Service representatives" says less than "Customer service representatives"; the name of a role stays.
    is_plain = name[1:] == name[1:].lower()
    if any(other.lower().startswith(f"{name.lower()} ") and _HOLDER.match(name) for other in others):
        return True
    if is_plain and any(other.lower().endswith(f" {name.lower()}") for other in others):
        return True
    bare = _BARE_ROLE.fullmatch(name)
    return bare is not None and any(bare["noun"].lower() in other.lower() for other in others)


def _entries(post: Post, document: Document) -> Iterator[Audience]:
    worth = tuple(each for each in _WORTH if each.lower() in document.body)
    tells = tells_who(document.lines)
    signs = () if tells else (*(DOERS & document.words), *DOER_SIGNS)
    yield from (Audience("platform", name, document.title) for name in platforms_of(f" {document.title}"))
    yield from (Audience("platform", name, document.title) for name in windows_of_title(document.title))
    if premium := premium_of(document.title):
        yield Audience("licence", premium, document.title)
    for passage in passages(document.lines):
        line = passage.line
        if passage.platforms:
            yield from (Audience("platform", name, line.text) for name in platforms_of(f" {passage.platforms}"))
        if passage.who:
            yield from _of_who(passage)
        elif line.role != "more":
            if has_any(line.text, worth):
                yield from _of_prose(passage)
            yield from _of_any(line, signs, doers=not tells)
        if passage.lead.endswith(("f:", "n:", "met:", "ply:", "true:")) and _IF.match(passage.lead):
            yield from _of_condition(passage)
        if passage.lead and _ROLES.search(passage.lead) and (name := _role(line.text)):
            yield Audience("role", name, cut(f"{passage.lead} {line.text}", _LONGEST_WORDS))
    yield from _of_graph(post)


def _sentences(text: str) -> list[str]:
    return [sentence[:_LONGEST_SENTENCE] for sentence in sentences(text)[:_SENTENCES]]


def _of_graph(post: Post) -> Iterator[Audience]:
    for value in post.detail("Platforms"):
        yield from (Audience("platform", name, f"{_GRAPHS}{cut(value, 200)}") for name in platforms_of_graph(value))


def _of_who(passage: Passage) -> Iterator[Audience]:
    """What a line below "Who is affected" names."""
    text = passage.who
    for sentence in _sentences(text):
        if denies(sentence):
            continue
        words = cut(passage.line.text if sentence == text else sentence, _LONGEST_WORDS)
        phrase = concerned(sentence) or sentence
        if sentence.endswith(":") and (name := whole(phrase, passage.items)):
            yield from _of_list(name, phrase, f"{words} {', '.join(passage.items)}")
            continue
        is_name = not is_sentence(phrase)
        if is_name and named(phrase) is None and (name := things(phrase)):
            yield Audience("other", name, words)
        yield from _of_phrase(phrase, words, names=is_name, platforms=is_name)
        if not is_name and (role := doer(sentence)):
            yield Audience("role", role, words)
        if premium := premium_of(phrase):
            yield Audience("licence", premium, words)
        if name := receiver(sentence):
            yield Audience("other", name, words)


def _of_prose(passage: Passage) -> Iterator[Audience]:
    """What a sentence elsewhere says in so many words."""
    for sentence in _sentences(passage.line.text):
        words = cut(sentence, _LONGEST_WORDS)
        if name := receiver(sentence):
            yield Audience("other", name, words)
        phrase = "" if denies(sentence) else concerned(sentence)
        if phrase and sentence[-1:] != ":":
            yield from _of_phrase(phrase, words, names=True, platforms=bool(_PLATFORMS_WORTH.search(sentence)))
        else:
            yield from (Audience("licence", each, words) for each, _ in licences_of(sentence))
            if phrase and (name := whole(phrase, passage.items)):
                yield from _of_list(name, phrase, f"{words} {', '.join(passage.items)}")
        yield from (Audience("other", name, words) for name in versions_of(sentence, passage.lead))


def _of_any(line: Line, signs: tuple[str, ...], *, doers: bool) -> Iterator[Audience]:
    """What any sentence may say: who may do something new, on which Windows, and what is required.

    `signs`: one of them stands in each sentence of which `doer` names somebody.
    """
    if line.kind == "item" and (name := channel_of(line.text)):
        yield Audience("other", name, line.text)
    if line.kind == "item" and (name := windows_of_update(line.text)):
        yield Audience("platform", name, cut(line.text, _LONGEST_WORDS))
    for sentence in _sentences(line.text):
        words = cut(sentence, _LONGEST_WORDS)
        if doers and "ontrollers" in sentence and _CONTROLLERS.search(sentence) and not denies(sentence):
            yield Audience("other", "Domain controllers", words)
        name = special(sentence) if not doers else doer(sentence) if has_any(folded(sentence), signs) else ""
        if name:
            yield Audience("role", name, words)
        if "Windows " in sentence:
            yield from (Audience("platform", name, words) for name in windows_of(sentence))
        yield from (Audience("other", name, words) for name in requirements_of(sentence))


def _of_list(name: str, phrase: str, words: str) -> Iterator[Audience]:
    """Who, where the name goes on in a list."""
    who = named(f"{phrase[:-1]} something")
    if who:
        yield Audience(who[0], cut_name(name[:1].upper() + name[1:]), cut(words, _LONGEST_WORDS))


def _of_condition(passage: Passage) -> Iterator[Audience]:
    """Whom a post concerns by the conditions that it lists."""
    if _NOBODY.search(passage.lead) or not (you := _YOU.match(passage.line.text)):
        return
    rest = re.sub(r"\byour\b", "their", you["rest"])
    name = f"Organizations that {_PLURALS.get(you['verb'], you['verb'])}{rest}".rstrip(" ,.;")
    yield Audience("other", name, cut(f"{passage.lead} {passage.line.text}", _LONGEST_WORDS))


def _role(text: str) -> str:
    """A role of a list of roles: "Compliance Admin – can run it"."""
    name = "" if text.endswith(":") or begins_other(text) else _BEHIND_ROLE.sub("", text).strip(" .")
    return name if _ROLE_NAME.fullmatch(name) and not is_sentence(name) else ""


def _of_phrase(phrase: str, words: str, *, names: bool, platforms: bool) -> Iterator[Audience]:
    """Who, which licences and which platforms a phrase names."""
    licences = list(licences_of(phrase))
    if names and (who := _who(phrase, [place for _, place in licences])):
        yield Audience(who[0], who[1], words)
    yield from (Audience("licence", name, words) for name, _ in licences)
    if platforms:
        yield from (Audience("platform", name, words) for name in platforms_of(phrase))
        yield from (Audience("platform", name, words) for name in windows_of_title(phrase))
    yield from (Audience("other", name, words) for name in versions_of(phrase, ""))


_WITH = Wording(
    r"(?:,? (?:who|that))?(?:,? (?:with|have|has|having|hold|holding|licensed (?:for|with|under)))?"
    r"(?: (?:an?|the|at least|one|either|both|any|active|valid|eligible|paid|assigned|\d[\d,]{0,9}|or more|of)){0,5} ?$"
)

_ASSIGNED = Wording(r"^ assigned(?: to [^,;.(]{0,60})?")

#: "With a licence for pins": what it is for is no name.
_USE = Wording(r"^ (?:for|to) .{0,300}$")


def _who(phrase: str, places: list[tuple[int, int]]) -> tuple[AudienceKind, str] | None:
    """Who it is, without the licence that they have."""
    for start, end in sorted(set(places), reverse=True):
        before = _WITH.sub("", phrase[:start])
        behind = phrase[end:]
        behind = _USE.sub("", _ASSIGNED.sub("", behind)).lstrip()
        phrase = f"{before} {behind}" if before else behind
    return named(phrase)
