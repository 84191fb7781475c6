"""The facts that signals look at: the places of a post, and Graph's fields as marks."""

from collections.abc import Iterable, Iterator

from shared.core.classify.document import TITLE_LIMIT, Document
from shared.core.classify.findings import Findings, find_all
from shared.core.classify.headings import Role
from shared.core.classify.signals import Places
from shared.core.posts.post import Post
from shared.core.text.wording import Wording, any_of, sentences

#: Sentences that stand in nearly every post and say nothing about this one.
FORMULA = any_of(
    r"will happen automatically",
    r"no (?:\w+ ){0,2}action (?:is |was )?(?:required|needed|necessary)",
    r"(?:do|does) not need to do anything",
    r"review your current configuration to (?:determine|assess|understand)",
    r"you may (?:want|wish|consider|also want)(?:ing)? to (?:notify|inform|updat|communicat|shar)\w*",
    r"you (?:might|may) consider updating",
    r"(?:will|may) (?:be )?update(?:d)? (?:this|before|the) ",
    r"learn more",
    r"for more information",
    r"(?:please )?(?:see|refer to|visit) ",
    r"if you would like more",
    r"for awareness",
    r"thank you",
    r"microsoft (?:learn|support)$",
    r"what's new",
    r"you may (?:wish|want) to:?$",
    r"compliance considerations",
)
_NO = any_of(r"no\b", lead=r"[?|:–-]\s*")
_AFFECTED = any_of(r"who (?:is|will be|are) (?:affected|impacted)\W*", lead=r"\W*")
_HAPPENS = any_of(r"what (?:will|to|is|changes)", "key (?:points|changes)", "before this", "after this", lead=r"\W*")
_AUDIENCE_LINES = 4
_SERVICES = 12
# What administrators run, and users never see.
_ADMIN_SERVICES = (
    "purview",
    "defender",
    "intune",
    "entra",
    "azure",
    "sentinel",
    "autopatch",
    "windows 365",
    "mobility",
)
_BUSINESS_SERVICES = ("dynamics", "power ", "dataverse", "copilot studio", "finance and operations", "ai builder")
# "Microsoft Purview | Audit: ..." is of Purview, whatever services it is sent to.
_TITLE_HEAD = Wording(r" ?[:|] ")
_INSTALLED = {"desktop", "mac", "linux"}

# Real summaries end at 1,000 characters; what stands behind these many is not read.
SUMMARY_LIMIT = 1_500


def read_findings(post: Post, document: Document, known: frozenset[str] | None) -> Findings:
    """Everything that weights may look at, before anything is decided; only what is known."""
    advice = "\n".join(_advice(line.text for line in document.of("prepare")))
    places = Places(
        {
            "title": document.title,
            "tags": " | ".join(post.tags)[:SUMMARY_LIMIT],
            "summary": " ".join(post.detail("Summary"))[:SUMMARY_LIMIT],
            "intro": _place(document, "intro"),
            "impact": _place(document, "impact"),
            "prepare": _place(document, "prepare"),
            "advice": advice,
            "audience": "\n".join(_audience(document)),
            "compliance": "\n".join(line.text for line in document.of("compliance") if not _NO.search(line.text)),
            "text": _place(document, "intro", "when", "impact", "prepare", "more"),
        }
    )
    findings = find_all(places, known)
    findings.mark(
        f"category:{post.category.lower()}",
        f"family:{_family(post)}",
        f"major:{'yes' if post.major else 'no'}",
        f"graph_act_by:{'yes' if post.act_by else 'no'}",
        f"advice:{'some' if advice else 'none'}",
        f"impact_tags:{'some' if any('impact' in tag.lower() for tag in post.tags) else 'none'}",
        f"clients:{_clients(post)}",
        f"severity:{post.severity.lower() or 'untold'}",
        *(f"service: {service.lower()}" for service in post.services[:_SERVICES]),
    )
    return findings


def _place(document: Document, *roles: Role) -> str:
    return "\n".join(line.text for line in document.of(*roles))


def _audience(document: Document) -> Iterator[str]:
    """Who is affected, where a post says so under that name: newer templates do."""
    told = 0
    for line in document.of("impact"):
        named = _AFFECTED.match(line.text)
        if named or (_AFFECTED.match(line.label) and not told):
            told = _AUDIENCE_LINES
        if told and _HAPPENS.match(line.text):
            return
        if told:
            yield line.text[named.end() :] if named else line.text
            told -= 1
            if not told:
                return


def _advice(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        for sentence in sentences(line):
            if not FORMULA.search(sentence):
                yield sentence


def _clients(post: Post) -> str:
    """Where a change is seen, where Graph says so: only in a browser, only on phones, or in what is installed."""
    named = {name.strip().lower() for value in post.detail("Platforms") for name in value.split(",")} - {""}
    if not named:
        return "untold"
    if named <= {"web", "developer"}:
        return "web"
    return "mobile" if named <= {"android", "ios", "mobile"} else "installed" if named & _INSTALLED else "devices"


def _family(post: Post) -> str:
    services = [service.lower() for service in post.services]
    if any(word in service for service in services for word in _BUSINESS_SERVICES):
        return "business"
    if services == ["windows"]:
        return "windows"
    head = _TITLE_HEAD.split(post.title[:TITLE_LIMIT].lower(), maxsplit=1)
    if (services and all(_for_admins(service) for service in services)) or (len(head) > 1 and _for_admins(head[0])):
        return "admin"
    return "engagement" if services and all("viva" in service for service in services) else "everyday"


def _for_admins(name: str) -> bool:
    return any(word in name for word in _ADMIN_SERVICES)
