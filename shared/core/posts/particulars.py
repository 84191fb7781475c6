"""What an administrator reads out of a post besides its classification: who, which setting, which steps, which way out.

Each carries the words of the post that say so. Nothing is invented: what no words say is not there.
"""

from dataclasses import dataclass
from datetime import date

from shared.core.terms import AudienceKind, ComplianceTopic, ControlKind, WayOutKind


@dataclass(frozen=True, slots=True)
class Audience:
    """One thing that says whom the change concerns: `name` is the role, licence, platform or other prerequisite."""

    kind: AudienceKind
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class ControlDefault:
    """How a control stands where nobody touches it: `state` as the post says it ("on", "off", "Block"), for `scope`.

    `scope`: the part, cloud or stage of the rollout that this is said of; empty where it is said of all.
    """

    state: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """Something with which an admin controls the change.

    `name`: as the post spells it; a path has its steps joined by " > ".
    """

    kind: ControlKind
    name: str
    words: str
    defaults: tuple[ControlDefault, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, as an instruction; `day` by which, where the words give one."""

    text: str
    words: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class WayOut:
    """How to stay out of the change, for good or for a time; `none`: the post says that there is no way.

    `last_day`: the last day on which it is open, where the words give one.
    """

    kind: WayOutKind
    words: str
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Compliance:
    """A row of the compliance table that is not answered "no": its question and answer in the post's words."""

    topic: ComplianceTopic
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the post's body: what is underlined, and where it leads (http or https only)."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Particulars:
    """All of it, each in the order of the post. Empty: the post does not say."""

    audience: tuple[Audience, ...] = ()
    controls: tuple[Control, ...] = ()
    steps: tuple[Step, ...] = ()
    way_out: tuple[WayOut, ...] = ()
    compliance: tuple[Compliance, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self == NOTHING_SAID


NOTHING_SAID = Particulars()
