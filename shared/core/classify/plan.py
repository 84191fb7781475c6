"""The plan of a post as the fields see it: its windows, whether it stands, and the day by which to act."""

from dataclasses import dataclass

from shared.core.classify.deadline import NO_DEADLINE, Deadline, ending_deadline, stated_deadline
from shared.core.classify.demands import leaves_a_choice
from shared.core.classify.document import Document
from shared.core.classify.findings import Findings
from shared.core.classify.status import Verdict, read_status
from shared.core.classify.windows import read_windows
from shared.core.posts.post import Post


@dataclass(frozen=True, slots=True)
class Plan:
    """`stated`: the deadline of Graph's field or of the text."""

    verdict: Verdict
    stated: Deadline

    @property
    def demand(self) -> str:
        """The words that name a day by which somebody must act; none where it is the last day to choose otherwise."""
        day, why = self.stated
        return why.words if day and not leaves_a_choice(why.words) else ""

    def deadline(self, document: Document, *, must_act: bool) -> Deadline:
        """The day that is stated; where somebody must act, and none is, the day on which something ends."""
        if must_act and self.stated[1] is NO_DEADLINE[1]:
            return ending_deadline(document, self.verdict)
        return self.stated


def read_plan(post: Post, document: Document, kind: str, findings: Findings) -> Plan:
    """The plan of a post of this kind, which becomes marks for the fields that follow."""
    windows = read_windows(document, retiring=kind == "retirement")
    verdict = read_status(document, windows, kind)
    stated = stated_deadline(post, document, verdict)
    findings.mark(
        f"status:{verdict.status}",
        f"told:{'yes' if stated[0] and not post.act_by else 'no'}",
    )
    return Plan(verdict, stated)
