"""What contradicts itself is doubted, as a deadline behind the retirement; what the title says is not."""

from collections.abc import Mapping

from shared.core.classify.document import Document
from shared.core.posts.classification import Classification, Why
from shared.core.text.wording import any_of, has_any, sentences

_DOUBT, _SURE = 0.5, 0.92
_TITLE = any_of(r"action (?:is )?(?:required|needed)", r"take action")
_DENIAL = any_of(
    r"no (?:[\w-]+ ){0,4}(?:actions?|preparation|changes?) (?:is |are )?(?:required|needed)",
    r"should not (?:[\w-]+ ){0,10}take any other action",
)
_FOR_SOME = any_of(
    r"(?:if|unless|until|otherwise|except|where|when|who|whose|already|for (?:those|existing|tenants|organi[sz]ations"
    r"|customers|users|environments|devices|the))\b"
)
"""A denial for some is no denial."""
_NO = ("No ", " no ", "should not")
_OTHER_DAYS = any_of(
    r"original(?:ly)?", r"previously (?:announced|communicated|scheduled|planned)", r"opt[- ]?out (?:window|period)",
    r"(?:can|may|able to) opt[- ]?out", r"earlier than", r"was (?:scheduled|planned)", r"had been",
    r"after (?:the end of )?(?:early |mid-? ?|late )?(?:january|february|march|april|may|june|july|august|september"
    r"|october|november|december)\b",
)  # fmt: skip
"""Words of a sentence whose days may be others than those of the plan."""
_BESIDE = any_of(r"must be completed", r"remind\w*", r"slots?")
"""Words of a sentence that tells of something beside the rollout: a doubt where no sentence tells of the rollout."""


def doubted(read: Classification, why: Mapping[str, Why], document: Document) -> dict[str, Why]:
    """The reasons, with less confidence in what does not fit together, and with enough in what the title says."""
    denied = _is_denied(read, document)
    most = {
        "act_by": _DOUBT if _is_late(read) or denied else 1.0,
        "rollouts": _DOUBT if _tells_of_other_days(read) else 1.0,
        **dict.fromkeys(("action", "admin_impact"), _DOUBT if denied else 1.0),
    }
    least = {"action": _SURE if read.action == "required" and not denied and _TITLE.search(document.title) else 0.0}
    return {
        name: Why(each.words, max(min(each.confidence, most.get(name, 1.0)), least.get(name, 0.0)))
        for name, each in why.items()
    }


def _is_late(read: Classification) -> bool:
    """Whether one should act only when everything is retired already."""
    starts = [window.start for window in read.windows if window.start]
    retires = bool(starts) and all(window.phase == "retirement" for window in read.windows)
    return read.act_by is not None and retires and read.act_by > max(start.last for start in starts)


def _is_denied(read: Classification, document: Document) -> bool:
    """Whether the post says somewhere that nobody has to act."""
    if read.action != "required":
        return False
    told = (each for line in document.lines if has_any(line.text, _NO) for each in sentences(line.text))
    return any(_DENIAL.search(each) and not _FOR_SOME.search(each) for each in told)


def _tells_of_other_days(read: Classification) -> bool:
    words = [window.words for window in read.windows]
    return any(_OTHER_DAYS.search(each) for each in words) or (bool(words) and all(map(_BESIDE.search, words)))
