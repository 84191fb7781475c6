"""What the sentences of a ticket are made from: what was read or settled, our dates, who answers, and the day."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from shared.core.changes.settled import attribute_of
from shared.core.policy.our_dates import OurDates
from shared.core.posts.classification import Classification, FieldName, Interval
from shared.core.posts.particulars import NOTHING_SAID, Particulars
from shared.core.posts.post import Post
from shared.core.terms import OVER
from shared.core.text.html import plain_text
from shared.core.text.safe import cut
from shared.core.text.wording import Wording
from shared.core.tickets.part import Part
from shared.core.words import dates as words
from shared.core.words.doubt import is_sure

Stage = Literal["undated", "ahead", "beginning", "begun", "past"]
"""`beginning`: the post gives several days for it, and some of them lie ahead."""
_LONGEST = 300


@dataclass(frozen=True)
class Case:
    """One change on the day on which its ticket is written.

    `as_of`: that day; no sentence tells of an earlier one as if it lay ahead. `owner`: who answers for the team, in
    words. `is_filed`: whether there is a ticket already, so that people have been told.
    """

    post: Post
    classification: Classification
    dates: OurDates
    as_of: date
    owner: str
    particulars: Particulars = NOTHING_SAID
    is_filed: bool = False

    @property
    def is_over(self) -> bool:
        """Microsoft does not go on with the plan."""
        return self.classification.status in OVER

    @property
    def stands(self) -> bool:
        """The plan goes on: only then is anything to be done for it."""
        return not self.is_over and self.classification.status != "on_hold"

    def sure(self, *names: FieldName) -> bool:
        """Whether each of these fields is so sure that it is told flatly, and that advice may follow from it."""
        return is_sure(self.classification, *names)

    def unsure(self, name: FieldName) -> bool:
        """Whether too many readings like this one are wrong to be told even as probable."""
        return self.classification.is_unsure(name)

    @property
    def stage(self) -> Stage:
        """Where our own rollout stands on the day. Dates that are in doubt count as none."""
        start, end = self.dates.start, self.dates.end
        if not self.sure("rollouts") or not (start or end):
            return "undated"
        if end and end.last < self.as_of:
            return "past"
        if start is None or start.first > self.as_of:
            return "ahead"
        return "beginning" if start.last >= self.as_of else "begun"

    @property
    def start(self) -> Interval | None:
        """The days in which it begins for us, as the post says them, if all of them lie ahead."""
        return self.dates.start if self.stage == "ahead" else None

    @property
    def start_words(self) -> str:
        """The same in words, as vague as the post is: "mid-June 2026"; empty where it does not lie ahead."""
        return words.interval(self.start) if self.start else ""

    @property
    def deadline(self) -> date | None:
        """The day to act by, if it is sure and not past."""
        act_by = self.classification.act_by
        return act_by if act_by and act_by >= self.as_of and self.sure("act_by") else None

    def says(self, pattern: re.Pattern[str] | Wording) -> bool:
        """Whether the title or the body has such words."""
        return pattern.search(self.plain) is not None

    @cached_property
    def plain(self) -> str:
        """Title and body in one line, to look quotations up in."""
        return in_one_line(f"{self.post.title}\n{plain_text(self.post.body, self.post.body_type)}", longest=0)

    def quotation(self, name: FieldName) -> Part | None:
        """The words that decided a field, if the post says them or a person does; None for what nobody said."""
        why = self.classification.why.get(name)
        if why is None or not why.words:
            return None
        line = in_one_line(why.words)
        if why.settled:
            return Part(line, f"{name}, {line}")
        known = in_one_line(why.words, longest=0).rstrip("…").rstrip()
        stands = bool(known) and known in self.plain
        return Part(f"“{line}”", f"the post: “{line}”") if stands else None

    def source(self, *names: FieldName) -> str:
        """Where what is said of these fields comes from: the words behind each, or a judgement of the whole post."""
        return "; ".join(self._source(name) for name in names)

    def _source(self, name: FieldName) -> str:
        value = getattr(self.classification, attribute_of(name))
        label = name.replace("_", " ")
        if name == "rollouts":
            quotes = dict.fromkeys(in_one_line(window.words) for window in self.dates.windows if window.words)
            return f"our rollout, read in {'; '.join(f'“{quote}”' for quote in quotes)}" if quotes else "our rollout"
        if isinstance(value, date):
            value = words.day(value)
        said = value if isinstance(value, str) else {True: "yes", False: "no"}.get(value, "none")
        quoted = self.quotation(name)
        because = f", {quoted.text}" if quoted else ", judged from the whole post"
        why = self.classification.why.get(name)
        because += f", read by {why.reader}" if why and why.reader else ""
        return f"{label}: {str(said).replace('_', ' ')}{because}"


def in_one_line(text: str, longest: int = _LONGEST) -> str:
    """Without line ends; cut where `longest` says so (0: whole)."""
    line = " ".join(text.split())
    return cut(line, longest) if longest else line
