"""The page of who owns what, and why somebody gets a change."""

from dataclasses import dataclass
from types import MappingProxyType

from shared.adapters.pages.render import render
from shared.core.decisions.explained import Explained

_ROLE_WORDS = MappingProxyType(
    {
        "executive_sponsor": "Executive sponsor",
        "service_owner": "Service owner",
        "process_owner": "Process owner",
        "user_communications_lead": "User communications",
        "training_lead": "Training",
        "help_desk": "Help desk",
        "privacy_readers": "Readers of privacy posts",
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks about: a change by its id, or a post that they paste. `answer`: why, or `fault`: why not."""

    change: str = ""
    title: str = ""
    text: str = ""
    services: str = ""
    answer: Explained | None = None
    fault: str = ""


NOTHING_ASKED = Asked()


def owners_page(view: object, asked: Asked = NOTHING_ASKED) -> str:
    """`view`: as the use case gives it."""
    return render("owners.html.j2", title="Owners", view=view, asked=asked, role_words=_ROLE_WORDS)
