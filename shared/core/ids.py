"""Message Center ids and the keys made of them; and what an id of Entra looks like."""

import re

from shared.core.errors import PermanentError

# Mirrors and copied text hold "mc1234567", " MC1234567 " and even "MCMC1234567".
_ID = re.compile(r"^(?:MC)+(\d{4,10})$")
_IN_TEXT = re.compile(r"(?<![A-Za-z0-9])MC\d{4,10}(?!\d)")
_OF_ENTRA = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PARTITION_BITS = 14  # about 100 changes a partition, never 250: counted on 4,141 real posts


def normalise(text: str) -> str:
    """The id as Microsoft writes it, `MC` and digits; PermanentError when it is none."""
    match = _ID.match(re.sub(r"\s+", "", text).upper())
    if not match:
        raise PermanentError(f"{text!r} is no Message Center id; expected MC and 4 to 10 digits, such as MC1234567")
    return f"MC{int(match[1])}"


def ids_in(text: str) -> tuple[str, ...]:
    """The ids that stand in a text, each once."""
    return tuple(dict.fromkeys(normalise(each) for each in _IN_TEXT.findall(text)))


def is_id(text: str) -> bool:
    return bool(_ID.match(text))


def is_of_entra(text: str) -> bool:
    """Whether it has the form of the id of a person, an app or a tenant."""
    return bool(_OF_ENTRA.fullmatch(text))


def number(change_id: str) -> int:
    return int(change_id[2:])


def key(change_id: str) -> str:
    """The id as it stands in row keys: ten digits, so that keys sort as numbers do."""
    return f"{number(change_id):010d}"


def from_key(text: str) -> str:
    return f"MC{int(text)}"


def partition(change_id: str) -> str:
    """The partition of table `changes` that holds everything about this change."""
    return f"{number(change_id) >> _PARTITION_BITS:06d}"
