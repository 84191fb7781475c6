"""What each team answered, a line each: for cards, tickets and pages (pure)."""

from collections.abc import Iterator

from shared.core.changes.settled import Assessment
from shared.core.words import answers as words


def answer_lines(assessment: Assessment) -> tuple[str, ...]:
    """A line for each team that said something, in their order; who it is stands there as in the assessment."""
    return tuple(_lines(assessment))


def _lines(assessment: Assessment) -> Iterator[str]:
    for team, word in sorted(assessment.teams.items()):
        said = []
        if word.owner and word.owned_at:
            said.append(words.owner(word.owner, word.owned_at))
        if word.disposition and word.at:
            said.append(words.disposition(word.disposition, word.by, word.at))
        if said:
            yield f"{team}: {', '.join(said)}"
    for team, handover in sorted(assessment.moved.items()):
        yield words.handover(team, handover.to, handover.by, handover.at)
