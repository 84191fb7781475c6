"""A post's title as people read it: without the mark of an edit, and without the product that stands beside it."""

import re
from collections.abc import Sequence

from shared.core.posts.services import canonical
from shared.core.text.safe import clean

_EDITED = re.compile(r"^\s*(?:[(\[]\s*updated?\b[^)\]]{0,30}[)\]]\s*[:–-]?|updated?\s*(?::|[–-]\s))\s*", re.IGNORECASE)
_PRODUCT = re.compile(r"^(?P<product>[^:|–—]{2,60}?)\s*(?::|\||\s[–—-])\s+(?P<rest>\S.*)$", re.DOTALL)
_FILLERS = re.compile(r"\b(?:microsoft|online|for business|services?)\b|[()]")
_AND = re.compile(r",\s*(?:and\s+)?|\s+(?:and|&)\s+")
_SAME = {"entra id": "entra", "365 copilot": "copilot", "copilot 365": "copilot", "copilot for 365": "copilot"}


def short_title(title: str, services: Sequence[str] = ()) -> str:
    """The title without "(Updated)", and without the product where it is one of `services`.

    "Microsoft Teams: new reactions" under Microsoft Teams is "New reactions". What would leave nothing stays.
    """
    whole = text = clean(title)
    while (unmarked := _EDITED.sub("", text, count=1)) and unmarked != text:
        text = unmarked
    named = _PRODUCT.match(text)
    if named and _keys(named["product"]) <= {_key(service) for service in services}:
        text = named["rest"]
    begins_small = text[:2].islower() or text[1:2] == " "  # not "iOS" or "eDiscovery"
    return text[:1].upper() + text[1:] if text != whole and begins_small else text


def _keys(products: str) -> set[str]:
    """Of "SharePoint and OneDrive" both."""
    return {_key(products)} if "(" in products else {_key(product) for product in _AND.split(products)}


def _key(product: str) -> str:
    words = " ".join(_FILLERS.sub(" ", canonical(product).casefold()).split())
    return _SAME.get(words, words)
