"""The rows of the compliance table that are not answered "no"."""

import re
from collections.abc import Iterable, Iterator

from shared.core.classify.document import Document, Line
from shared.core.posts.particulars import Compliance
from shared.core.terms import ComplianceTopic
from shared.core.text.safe import cut
from shared.core.text.wording import Wording, any_of, sentences

MOST_ROWS = 40
_LONGEST_QUESTION = 400
_LONGEST_ANSWER = 1_000

#: What each topic asks for; the first that a question has is its topic.
_TOPICS: tuple[tuple[ComplianceTopic, Wording], ...] = (
    ("data_rights", any_of(r"personal data\b", r"gdpr\b", r"data subject", r"dsrs?\b")),
    (
        "ai",
        any_of(
            r"ai\b", r"ml\b", r"gen-?ai\b", r"generative", r"machine learning", r"llms?\b", r"agent(?:ic)? capabilit"
        ),
    ),
    ("third_party", any_of(r"3rd[- ]part", r"third[- ]part")),
    ("communication", any_of(r"communicat", r"tenants?,? or subscriptions?", r"tenant-to-tenant", r"external sharing")),
    ("reporting", any_of(r"monitor", r"report on", r"demonstrate compliance", r"reporting", r"audit")),
    (
        "protection",
        any_of(
            *(
                r"purview",
                r"dlp\b",
                r"data loss",
                r"retention",
                r"e-?discovery",
                r"content search",
                r"holds?\b",
                r"labels?\b",
            ),
            *(r"information protection", r"encrypt", r"conditional access", r"sensitivity", r"deletion workflow"),
        ),
    ),
    (
        "user_control",
        any_of(
            *(r"users? (?:to|can|may) (?:enable|turn|disable|opt|choose)", r"users?/admins? to (?:enable|disable)"),
            *(
                r"user or admin to enable",
                r"user controls?\b",
                r"user ability",
                r"user self-service",
                r"enablement by users?",
            ),
        ),
    ),
    (
        "admin_control",
        any_of(
            r"admin(?:istrator)? (?:and group )?(?:controls?\b|set-?up)",
            r"entra id\b",
            r"role-based",
            r"group membership",
        ),
    ),
    ("data_processing", any_of(r"process", r"accessed", r"access to existing", r"data access", r"uses customer data")),
    ("data_location", any_of(r"stor(?:e[sd]?|ing|age)\b", r"residency", r"data location", r"region\b", r"cached")),
    ("accessibility", any_of(r"accessib", r"wcag\b")),
)
_HEAD = Wording(
    r"(?:the )?(?:compliance |impact(?:ed)? |policy )?"
    r"(?:areas?|questions?|considerations?|categor(?:y|ies)|topics?|items?|aspects?|impacts?)"
    r"(?: impacted| affected)?\W*",
    re.IGNORECASE,
)
_COLUMN = Wording(
    r"(?:answers?|responses?|explanations?|impacts?|details?|descriptions?|notes?|comments?|status|summary|yes/no"
    r"|and|or|\W)+",
    re.IGNORECASE,
)
#: An answer that is one word; what is behind it goes on or explains.
_WORD = Wording(r"\W{0,3}(?:yes|no|none|maybe|n/?a|not applicable|possibly|potentially|partially)\b", re.IGNORECASE)
_NO = Wording(
    r"\W{0,3}(?:no\b|none\b|n/?a\b|nothing\b|unchanged\b"
    r"|not (?:applicable|affected|impacted|changed|modified|at this time)\b"
    r"|(?:there (?:is|are) )?no (?:\w+ ){0,4}(?:changes?|impacts?|affects?|effects?)\b)",
    re.IGNORECASE,
)
#: "This change does not store new data": the answer is a sentence that denies.
_DENIAL = Wording(
    r"(?:(?:the|this|these|it|they|there|existing|end|users?|admins?|all|customer|data) ?){1,2}(?:[\w'/-]+ ){0,5}?"
    r"(?:(?:does|do|will|can|is|are|has|have) (?:not|no)\b(?! longer)|cannot\b|(?:does|do|is|are|wo|ca)n't\b"
    r"|(?:remains?|stays?|is|are) (?:the same|unchanged)\b)",
    re.IGNORECASE,
)
_BUT = Wording(r"\b(?:but|however|although|though|except|unless|other than)\b", re.IGNORECASE)
#: How the questions of the list begin that are no row of a table.
_ASKS = Wording(
    r"(?:does|do|is|are|will|can|has|have) (?:the|this|these|it|any|there|users?|admins?)\b"
    r"|(?:(?:introduces?|alters?|modif(?:y|ies)|changes? (?:to|in)|provides?|stores?|includes?|allows?|adds?|new"
    r"|impacts?|affects?)(?:/| or )?){1,3}\b",
    re.IGNORECASE,
)
_QUESTION_END = Wording(r"\?\)?\s{0,3}[:–-]?\s{0,3}(?=\S|$)")
_COLON = Wording(r"(?::\s|\s[–-]\s)\s{0,3}")
_ELSEWHERE = Wording(r"(?:learn|read|see|find|for|additional|more|note)\b", re.IGNORECASE)
_LEAD = Wording(r"^[\W_]+(?=\w)")


def read_compliance(document: Document) -> tuple[Compliance, ...]:
    """The rows of the table, and the questions of a list in its place, that are answered with more than a "no"."""
    lines = document.of("compliance")
    if not lines:
        return ()
    rows: dict[tuple[str, str], Compliance] = {}
    for question, answer in _pairs(lines):
        asked = cut(_LEAD.sub("", question).strip(" :"), _LONGEST_QUESTION)
        said = cut(answer.strip(" |"), _LONGEST_ANSWER)
        if asked and said and not _is_no(said) and len(rows) < MOST_ROWS:
            rows.setdefault((asked.lower(), said.lower()), Compliance(_topic(asked), asked, said))
    return tuple(rows.values())


def _pairs(lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """Each question with its answer; a question that ends a line of a list is answered by the line below it."""
    open_question = ""
    for line in lines:
        if line.kind == "row":
            open_question = ""
            yield from _row(line.text)
            continue
        if open_question and _WORD.match(line.text):
            yield open_question, line.text
        open_question = ""
        question, answer = _split(line.text)
        if question and answer:
            yield question, answer
        elif question:
            open_question = question


def _row(text: str) -> Iterator[tuple[str, str]]:
    """The question of a row and everything beside it; none of a row that only heads the columns."""
    cells = [cell for cell in text.split(" | ") if cell.strip()]
    if len(cells) == 1:
        question, answer = _split(text)
        if question and answer:
            yield question, answer
    elif len(cells) > 1 and not (_HEAD.fullmatch(cells[0]) and all(_COLUMN.fullmatch(each) for each in cells[1:])):
        if _HEAD.fullmatch(cells[0]) and len(" ".join(cells[1:])) < 40:
            return
        question, *answers = cells
        while len(answers) > 1 and not _WORD.match(answers[0]) and _WORD.match(answers[1]):
            question = answers.pop(0)  # a number or an area stands before the question
        yield question, _joined(answers)


def _joined(answers: list[str]) -> str:
    """One text of several cells: "Yes" and its explanation."""
    return " ".join(
        each if each.rstrip()[-1:] in ".!?:" or each is answers[-1] else f"{each.rstrip()}." for each in answers
    )


def _split(text: str) -> tuple[str, str]:
    """A line as a question and its answer; no question where it asks none, no answer where it only asks."""
    text = text[: _LONGEST_QUESTION + _LONGEST_ANSWER]
    if not _ASKS.match(_LEAD.sub("", text)) and (
        _ELSEWHERE.match(text) or not (_WORD.search(text) or _COLON.search(text))
    ):
        return "", ""
    mark = _QUESTION_END.search(text)
    if mark:
        return text[: mark.start() + 1], text[mark.end() :]
    colon = _COLON.search(text)
    if colon and (_WORD.match(text, colon.end()) or _topic(text[: colon.start()]) != "other"):
        before = text[: colon.start()]
        word = _answer_in(before)
        return (before[: word.start()], text[word.start() :].strip()) if word else (before, text[colon.end() :])
    word = _answer_in(text)
    return (text[: word.start()], text[word.start() :].strip()) if word else ("", "")


#: "Modifies labels Yes": an answer of one word that no mark parts from what it answers.
_LOOSE = Wording(r"\s(?:Yes|No|Maybe)\b(?=\W*$|\s*[–,.;(-])")


def _answer_in(text: str) -> re.Match[str] | None:
    word = _LOOSE.search(text)
    return word if word and _topic(text[: word.start()]) != "other" else None


def _is_no(answer: str) -> bool:
    """Whether the answer denies, and takes nothing of that back."""
    parts = sentences(answer)
    first = parts[0]
    if not (_NO.match(first) or _DENIAL.match(first)):
        return False
    second = parts[1] if len(parts) > 1 else ""
    return not (_BUT.search(first) or _BUT.match(second))


def _topic(question: str) -> ComplianceTopic:
    return next((topic for topic, asks in _TOPICS if asks.search(question)), "other")
