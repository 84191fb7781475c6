"""Whom a phrase names: people by their role, or organizations by what they use."""

import re

from shared.core.terms import AudienceKind
from shared.core.text.wording import Wording

LONGEST_NAME = 200
_ROLE = (
    r"(?:admin(?:istrator)?s?|users?|owners?|co-?organi[sz]ers?|organi[sz]ers?|presenters?|makers?|developers?"
    r"|managers?|analysts?|investigators?"
    r"|leaders?|delegates?|engineers?|members?|guests?|attendees?|participants?|students?|educators?|teachers?"
    r"|creators?|authors?"
    r"|readers?|operators?|approvers?|employees?|people|professionals|partners?|reviewers?|assistants?"
    r"|executives?|champions?|builders?"
    r"|communicators?|moderators?|faculty|supervisors?|responders?|editors?|contributors?|planners?|agents?"
    r"|representatives"
    r"|officers?|architects?|testers?|staff|learners?|hunters?|workers?|individuals|callers?|senders?|recipients?"
    r"|publishers?|authenticators?|personnel|stakeholders?|practitioners?|leads?|roles|producers?|providers?|anyone|everyone)"
)
_ORGANISATION = (
    r"(?:organi[sz]ations?|tenants?|customers?|environments?|devices?|compan(?:y|ies)|subscribers?|enterprises?"
    r"|businesses|endpoints?"
    r"|subscriptions?|institutions?|sites?|domains?|schools?|workspaces?|deployments?|mailboxes|accounts)"
)
_HEAD_END = Wording(
    r" (?:who|whom|that|which|whose|where|using|managing|with|in|of|on|for|across|participating"
    r"|licensed(?! users)|enrolled|accessing|via|from|at"
    r"|responsible|running|working|creating|relying|planning|having|viewing|subscribed|under|as|engaging"
    r"|interacting|(?!billing|purchasing|marketing|training|meeting|accounting|reporting|licensing|engineering)[a-z]{3,14}(?:ing|ed)"
    r"(?! users)"
    r"|through|assigned|configured|leveraging|or organizations|currently|joining|to|already|actively|still|ineligible"
    r"|eligible|outside|inside|within)\b|[,;:]|\((?!Premium\))"
)
_HEAD_END_BUT_COMMA = Wording(_HEAD_END.pattern.replace("[,;:]", "[;:]"))
_HEAD_WORDS = 10
#: In small letters: Teams is a product.
_TEAM_WORD = Wording(r"\b[A-Za-z-]{2,20} teams$")
_ROLE_WORD = Wording(rf"\b{_ROLE}$", re.IGNORECASE)
_ORGANISATION_WORD = Wording(rf"\b{_ORGANISATION}$", re.IGNORECASE)
#: A question, ours or yours, or an instruction: no name of anybody.
_NO_HEAD = Wording(
    r"(?:how|which|what|when|your|our|its|their|user experience|if|enroll|ensure|review|check|verify|notify|inform"
    r"|assign|update|enable|configure|manage|use|add|create|remove|send|export|view|make|allow|consider|confirm"
    r"|let|tell|train)\b",
    re.IGNORECASE,
)
#: "This change affects ...", with what stands behind it.
_LEAD = Wording(
    r"(?:(?:important|note|please note)(?:: |,? that |, ))?"
    r"(?:(?:this|the|these) (?:[\w-]{1,20} ){0,3}?(?:changes?|updates?|features?|messages?|capabilit(?:y|ies)"
    r"|experiences?|rollouts?|retirements?"
    r"|enhancements?|improvements?|functionality|settings?|options?|polic(?:y|ies)|deprecation|issue|notice|agent"
    r"|announcement|communication)"
    r"|this|it)?\s?(?:will |may |might |can |only |primarily |mainly |also |specifically |potentially |directly "
    r"|currently )*"
    r"(?:affects?|impacts?|appl(?:y|ies) (?:only |also |specifically )?to"
    r"|(?:is |are |be |being )?(?:now |only |initially |exclusively )*(?:available|visible|intended|relevant"
    r"|targeted|limited|restricted|offered|rolled out|released)"
    r"(?: (?:only|exclusively|first))? (?:to|for|at))\s+"
    r"(?:only |both |the following |to |those )*",
    re.IGNORECASE,
)
#: The same where something else stands before it: "The page is out, and will be available to makers".
_AVAILABLE = Wording(
    r"(?<!remains )(?<!remain )\b(?:available|visible|limited|restricted|roll(?:ed|ing)? out) (?:only "
    r"|exclusively |first )?(?:to|for) (?:only |all |the )*"
    r"(?=(?:[A-Z]|admins|administrators|makers|developers|organizations (?:that|who|with|using)|tenants (?:that"
    r"|with|using)"
    r"|customers (?:that|who|with|using)|users (?:who|with|in|on|of)|organizers|presenters|leaders|managers"
    r"|delegates|analysts|owners|members|licensed))"
)
_BEFORE = Wording(r"\b(?:previously|formerly|until now|before this)\b", re.IGNORECASE)
_TO_DO_SO = Wording(r" to (?=[a-z])")
_ONLY = Wording(
    r"(?:important: |note: )?only (?P<who>[^.;:]{5,160}?) (?:are|is|will be) (?:affected|impacted)\b", re.IGNORECASE
)
_THERE = Wording(
    r"\b(?:receiving|received) this (?:\w+ )?because there (?:is|are) (?P<what>[^.;]{3,80}?) in your (?:tenant"
    r"|organi[sz]ation|environment)",
    re.IGNORECASE,
)
_RECEIVING = Wording(
    r"\b(?:receiving|received) this (?:message|post|notice|communication|notification|email)?\s?(?:because|as|since)\s"
    r"(?:(?:our|we)\s(?:[\w-]{1,20}\s){0,6}?(?:indicates?|shows?|detected|identified|see|suggests?"
    r"|believe)\s(?:that\s)?)?"
    r"(?:(?:one or more|some|the|at least one)\s(?:of\s)?(?:your\s)?(?:users|tenants|devices|policies)\s(?:in|of)\s)?"
    r"your (?:organi[sz]ation|tenant|company)\s(?:(?:may|might|could)\s)?(?:be\s|is\s|are\s)?(?:currently\s"
    r"|actively\s)?"
    r"(?:(?P<using>us(?:es?|ing))(?:\sor\s(?:has|have|had)\s(?:had\s)?(?:access\sto|using))?|(?P<has>has"
    r"|have))\s(?P<what>[^.;]{3,90})",
    re.IGNORECASE,
)
_FINITE = Wording(
    r"\b(?:will|can|may|might|must|should|cannot|won't|can't|is|are|was|were|gain|gains|receives?|appears?"
    r"|remains?|becomes?|sees?|needs?|requires?"
    r"|shows?|supports|applies|affects?|impacts?|provides?|allows?|enables?|benefit|get|gets|continues?)\b(?!\W*$)",
    re.IGNORECASE,
)
_RELATIVE = Wording(r"\b(?:who|that|which|whose|where|when|if)\b", re.IGNORECASE)
#: "Makers who share pins will see them": after its clause, the sentence goes on.
_GOES_ON = Wording(
    r"\b(?:who|that|which|whose) [^,;:]{8,120}?(?<!who )(?<!that )(?<!which )(?<!and )(?<!or )(?<!they )(?<!also )"
    r"\b(?:will|can|must|should|cannot|can't|won't)\b",
    re.IGNORECASE,
)
_DENIES = Wording(r"\b(?:not|no|never|unaffected|without impact|nobody|none)\b|n't\b|\bno longer\b", re.IGNORECASE)
_CLOUD = (
    r"(?:commercial|worldwide|gcc(?:[- ]high)?|dod|government|public|us government|standard multi-tenant|all"
    r"|sovereign|china|21vianet|moderate|m|high|multi-tenant)"
)
_CLOUDS = Wording(
    rf",? (?:across|in|for|within|of|on) (?:the |all |both |our )?(?:cloud environments|(?:{_CLOUD}(?:,? (?:and "
    rf"|or |& )?|/|(?=$|[;.(]))){{1,8}}"
    r"(?:\([^)]{1,30}\),? ?)?(?:clouds?|tenants?|environments?|customers|organi[sz]ations?|instances?|platforms?"
    r"|licenses)?)(?=$|[,;.(]| (?:who|that|using|with|on|and)\b).{0,60}",
    re.IGNORECASE,
)
_LESS = Wording(
    r"^(?:all|any|only|both|every|each|the|some|many|most|commercial|eligible|your|other|these|those|also|and|or"
    r"|specifically|primarily"
    r"|mainly|those|that|currently|existing|worldwide|GCC,?)\s+",
    re.IGNORECASE,
)
_TAIL = Wording(
    r"(?:,? (?:(?:in|with|of|to) (?:any of |one of |either of |all of )?(?:the|these) following"
    r"|and (?:will|is|are|requires?|may|can|does|applies|has|have|cannot|provides|introduces|helps)"
    r"|except|excluding|other than|including|such as|particularly|especially|regardless|based on|e\.g|i\.e"
    r"|as well as|by default|automatically|enabling|allowing|helping|giving|ensuring|making|which"
    r"|starting|beginning|during|as part|once|after|until|as of|when|if|unless|so that"
    r"|whether|at no|without|in (?:your|the) (?:organi[sz]ation|tenant)(?! (?:who|that|with)\b))\b"
    r"| on (?:or \w{2,9} )?(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December) \d| in (?:early|mid|late|January|February|March|April|May|June|July|August|September"
    r"|October|November|December)\b"
    r"| \((?!Premium\))|; |: | – | - ).{0,400}$",
    re.IGNORECASE,
)
_TO_DO = Wording(r" to [a-z]+$")
_ASIDE = Wording(r" ?\((?!Premium\))[^()]{0,120}\)")
_END = Wording(
    r"[\s,;:.]+$|\s(?:and|or|with|who|that|in|to|for|on|are|is|have|the|a|an|required|the required|where users"
    r"|where|of|at|who are|who have|that have|using|across|both|either)$",
    re.IGNORECASE,
)
_THINGS = Wording(
    r"(?!(?:the|a|your|this)\b)(?:[\w/&'-]{1,24} ){0,5}(?:applications|apps|tools|workflows|scripts|integrations"
    r"|add-ins|bots|connectors)(?: (?:that|which|using|involving|relying|built|created|registered|connecting|calling)\b"
    r"|, .{2,60} (?:that|which|using)\b)",
    re.IGNORECASE,
)
#: A name that says of nobody in particular.
_ANYBODY = Wording(
    r"(?:end[- ]|microsoft 365 |us |government |enterprise |licensed |business |individual |active |internal "
    r"|new |commercial |global |impacted |affected |targeted |specific |select |selected )*"
    r"(?:users?|organi[sz]ations?|tenants?|customers?|environments?|devices?|everyone|anyone|people|individuals"
    r"|members|employees|team|teams|sites?|domains?|companies|enterprises|staff|accounts)"
    r"(?: and (?:users?|organi[sz]ations?|tenants?|customers?))?"
    r"(?: (?:with|and|or) users)?(?: in (?:your|the|an|all|these|those|this|their|our)"
    r" (?:(?! (?:who|that|with)\b)[\w ]){1,30}"
    r"| within [\w ]{1,30}| worldwide| globally)?",
    re.IGNORECASE,
)
_LOOSE = Wording(
    r"^(\w+) (?:and|or) (?:are )?(?!billing|purchasing|marketing|meeting)((?:using|who|that|with|[a-z]{2,12}ing)\b)"
)
_LICENSED = Wording(
    r" (?:with|who have|that have|(?:who are )?assigned) [^,]{0,60}\blicen[sc]es?\b.{0,100}$", re.IGNORECASE
)
_CUTS = (" who ", " that ", " whose ", ", ", " where ", " and ", " for ", " to ", " in ", " with ", " on ")


def receiver(sentence: str) -> str:
    """Of "You receive this because your organization uses pins": "Organizations using pins"."""
    there = _THERE.search(sentence) if "because there" in sentence else None
    if there and not _DENIES.search(there["what"]):
        return cut_name(f"Organizations with {trimmed(there['what'])}")
    match = _RECEIVING.search(sentence) if "this" in sentence else None
    if match is None or _DENIES.search(match["what"]):
        return ""
    what = trimmed(match["what"])
    return cut_name(f"Organizations {'using' if match['using'] else 'with'} {what}") if len(what) > 2 else ""


def concerned(sentence: str) -> str:
    """What follows "This change applies to"; empty where the sentence says no such thing, or denies it."""
    match = _LEAD.match(sentence)
    if match is None and (only := _ONLY.match(sentence)):
        return only["who"]
    if match is None and (offer := _AVAILABLE.search(sentence)):
        denied = _DENIES.search(offer[0]) or _BEFORE.search(sentence[: offer.start()])
        return "" if denied else _TO_DO_SO.split(sentence[offer.end() :], maxsplit=1)[0]
    return "" if match is None or _DENIES.search(match[0]) else sentence[match.end() :]


def denies(sentence: str) -> bool:
    return bool(_DENIES.search(sentence))


def is_sentence(phrase: str) -> bool:
    """Whether it says something of its subject, and is not only a name."""
    verb = _FINITE.search(phrase)
    relative = _RELATIVE.search(phrase)
    if verb is not None and (relative is None or verb.start() < relative.start()):
        return True
    return bool(_GOES_ON.search(phrase))


def named(phrase: str) -> tuple[AudienceKind, str] | None:
    """The role or organization that a phrase names; None where it names neither, or nobody in particular."""
    name = trimmed(phrase)
    end = _HEAD_END.search(name)
    head = name[: end.start()] if end else name
    if _NO_HEAD.match(name):
        return None
    kind = _kind(head) or _kind(_longer(name))
    if kind is None:
        return None
    name = cut_name(_LICENSED.sub("", _LOOSE.sub(r"\1 \2", name)))
    if len(head.split()) > 9 or not name or _ANYBODY.fullmatch(name):
        return None
    return kind, name if name[1:2].isupper() else name[:1].upper() + name[1:]


def things(phrase: str) -> str:
    """The things that a line names by what they do: "Apps that read shelves"; empty where it names none."""
    return cut_name(trimmed(phrase)) if _THINGS.match(phrase) else ""


def _kind(head: str) -> AudienceKind | None:
    """Whether a name whose noun stands last is that of people or of an organization."""
    if _ORGANISATION_WORD.search(head):
        return "other"
    return "role" if _ROLE_WORD.search(head) or _TEAM_WORD.search(head) else None


def _longer(name: str) -> str:
    """The head of a name with commas before its noun: "Security, compliance and data teams who"."""
    end = _HEAD_END_BUT_COMMA.search(name)
    head = name[: end.start()] if end else name
    clouds = re.search(r"\b(?:GCC|DoD|[Cc]ommercial|[Ww]orldwide)\b", head)
    return "" if clouds or _RELATIVE.search(head) or len(head.split()) >= _HEAD_WORDS else head


def trimmed(phrase: str) -> str:
    """A phrase without what stands around a name: "all" before it, clouds, exceptions and examples behind it."""
    name = _TAIL.sub("", _CLOUDS.sub("", _ASIDE.sub("", _unquoted(phrase.strip(" .;:,-")))))
    for _ in range(4):
        less = _END.sub("", _LESS.sub("", name))
        if less == name:
            break
        name = less
    return name


def _unquoted(name: str) -> str:
    return name[1:-1] if name.startswith('"') and name.endswith('"') else name


def cut_name(name: str) -> str:
    """A name that is short enough, cut where a part of it ends."""
    if len(name) <= LONGEST_NAME:
        return name
    ends = [at for mark in _CUTS if (at := name.rfind(mark, 20, LONGEST_NAME)) > 0]
    short = name[: max(ends)] if ends else ""
    return _END.sub("", _TO_DO.sub("", short))
