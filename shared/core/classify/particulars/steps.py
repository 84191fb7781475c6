"""What a post asks to be done, step by step."""

from collections.abc import Iterator
from itertools import islice

from shared.core.classify.document import Document, Line
from shared.core.classify.particulars.instructions import instruction, only_tells
from shared.core.classify.particulars.prepare import ALIKE, MOST_STEPS, Prepare, content_of, step_of
from shared.core.classify.particulars.step_wordings import FORMULA, LINK_TEXT, NOTHING
from shared.core.classify.particulars.verbs import VERBS
from shared.core.posts.classification import Classification
from shared.core.posts.particulars import Step
from shared.core.text.wording import Wording, any_of, has_any, sentences

# What leaves something to do: for some only, or more than what is said here.
_EXCEPT = any_of(
    r"(?:if|unless|until|otherwise|except|where|when|who|customers? (?:with|using)|for (?:existing|tenants"
    r"|organi[sz]ations"
    r"|customers|environments|devices|users))\b",
    r"(?:immediate|further|additional|other|more|user|end[- ]user)\b[^.]{0,20} (?:actions?|steps?|changes"
    r"|preparation)",
)
_ASKS = (
    "must ",
    "need to ",
    "needs to ",
    "should ",
    "have to ",
    "lease ",
    "required to ",
    "ncourage",
    "ecommend",
    "rge ",
    "Do not ",
)
_HISTORY = any_of(
    r"(?:today|currently|previously|until now|in the past|historically|before this (?:change|update)|no longer"
    r"|would|u(?<!is u)(?<!are u)(?<!be u)sed to|error|message|example|for instance|optional)\b"
)
_LEADS = ("If ", "To ", "Before ")
# "If you manage updates yourself you can now download them": for those, it is the next thing to do.
_NOW = Wording(r"(?P<if>If you [^,.]{2,80}?),? you can now (?P<order>[a-z]+ .+)")
_LED = Wording(
    r"(?:If (?:you|your) [^,]{2,100}|Before [^,]{2,60}|To (?:prepare|prevent|avoid|enable|disable|turn|set|block|limit"
    r"|opt|keep|restrict|configure|continue|use (?:this|it))\b[^,]{0,80}), (?!and\b|or\b|sign\b)(?P<verb>[a-z]+)\b"
)
_FINITE = Wording(r"(?: \w+){0,4} (?:will|can|is|are|was|were)\b")
_STATES = frozenset(
    (
        *("use", "find", "go", "work", "select", "click", "open", "sign", "set", "continue", "follow", "search"),
        *("navigate", "include", "provide", "choose", "specify", "request", "start", "begin", "make", "keep"),
        *("understand", "consider", "save", "give", "share", "stay", "take", "require", "maintain"),
    )
)


def read_steps(document: Document, classification: Classification) -> tuple[Step, ...]:
    """The steps: those asked for outside of the prepare section, then its own.

    Of a plan that has fallen, only what its banner asks for.
    """
    stands = classification.status in {"scheduled", "no_schedule"}
    nothing = _nothing_needed(document)
    prepare = Prepare(document, nothing=nothing)
    elsewhere: list[Step] = []
    for line in document.lines:
        if line.role == "prepare" and stands:
            prepare.read(line)
        elif line.role == "banner" or (stands and line.role in {"intro", "when", "impact"}):
            elsewhere += islice(_demanded(line, document, nothing=nothing), MOST_STEPS)
    prepared = prepare.finished()
    contents = [content_of(step.text) for step in prepared]
    by_text: dict[str, Step] = {}
    for step in elsewhere[:MOST_STEPS]:
        content = content_of(step.text)
        if not _is_echo(content, contents):
            by_text[step.text.lower()] = step
            contents.append(content)
    for step in prepared:
        by_text.setdefault(step.text.lower(), step)
    return tuple(by_text.values())[:MOST_STEPS]


def _is_echo(words: frozenset[str], others: list[frozenset[str]]) -> bool:
    """Whether the prepare section asks for the same in other words."""
    return any(len(words & other) >= ALIKE * min(len(words), len(other)) for other in others)


def _nothing_needed(document: Document) -> bool:
    """Whether the post says without a condition that nothing has to be done."""
    lines = document.of("prepare") or document.of("intro", "impact")
    for line in lines:
        if " no" in line.text or line.text[:2] in {"No", "no"} or "awareness" in line.text:
            for sentence in sentences(line.text):
                found = NOTHING.search(sentence)
                if found and not _EXCEPT.search(sentence):
                    return True
    return False


def _demanded(line: Line, document: Document, *, nothing: bool) -> Iterator[Step]:
    """What a line outside of the prepare section asks of those who administer, in so many words."""
    text = line.lead_free
    if line.kind in {"row", "heading"} or not (has_any(text, _ASKS) or has_any(text, _LEADS)):
        return
    for sentence in sentences(text):
        led = _led(sentence) if sentence.startswith(_LEADS) else ""
        if led:
            asked = instruction(led)
            if asked and not (only_tells(asked.text) or FORMULA.match(asked.text) or LINK_TEXT.search(sentence)):
                yield step_of(asked, sentence, document)
                continue
        if not has_any(sentence, _ASKS) or _HISTORY.search(sentence) or LINK_TEXT.search(sentence):
            continue
        asked = instruction(sentence)
        if asked is None or asked.weak or asked.verb in _STATES or FORMULA.match(asked.text):
            continue
        if nothing and (not asked.demanded or only_tells(asked.text)):
            continue
        if asked.demanded or line.role != "impact" or "ecommend" in sentence or "ncourage" in sentence:
            yield step_of(asked, sentence, document)


def _led(sentence: str) -> str:
    """A sentence outside of the prepare section that orders something under a condition or for a purpose; or ""."""
    now = _NOW.match(sentence)
    if now:
        return f"{now['if']}, {now['order']}"
    led = _LED.match(sentence)
    return sentence if led and led["verb"] in VERBS - _STATES and not _FINITE.search(sentence, led.end()) else ""
