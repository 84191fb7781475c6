"""Clouds: which of them some words name, and which of those the words leave out."""

import re

from shared.core.terms import Cloud
from shared.core.text.wording import Wording, any_of

_EVERY = (r"all (?:supported |Microsoft |M365 )?(?:clouds|cloud environments)\b", r"(?<=\()all environments\b")
_ALL = any_of(*_EVERY)
#: The clouds of governments together; they add nothing where single ones are named ("government clouds (DoD)").
_GOVERNMENT = any_of(
    r"(?:gov(?:ernment)?|sovereign) (?:clouds?|environments?|regions)\b",
    r"government (?:customers|tenants|organizations)\b",
    r"(?:commercial|worldwide|public)(?: (?:clouds?|customers|tenants))?(?:,|/| and| &|,? as well as)(?: all)?"
    r"(?: US| U\.S\.)? ?government\b(?! (?:community|GCC))",
    r"other clouds\b",
)
# "Production" is the worldwide cloud where it stands in a list of clouds; elsewhere it is a stage.
_PRODUCTION = (
    r"production(?=\s*(?:,|/|and\b|&)\s*(?:and\s+)?(?:GCC|DoD|WW\b|worldwide|gov))",
    r"(?<=GCC, )production\b",
    r"(?<=GCC and )production\b",
    r"(?<=\()production(?=\))",
)
_CLOUDS: tuple[tuple[Cloud, Wording], ...] = (
    (
        "worldwide",
        any_of(
            r"world[\s-]?wide\b",
            r"WW\b",
            r"global(?:ly)?\b(?! admin)",
            r"commercial\b",
            r"multi-?tenant\b",
            r"public clouds?\b",
            *_PRODUCTION,
            *_EVERY,
        ),
    ),
    ("gcc", any_of(r"GCC\b(?![\s-]*(?:H\b|Hig?h|Hihg))", r"government community cloud\b(?! high)")),
    ("gcch", any_of(r"GCC[\s-]*(?:H\b|High\b|Hihg\b)", r"government community cloud high\b")),
    ("dod", any_of(r"DoD\b", r"Department of Defense\b")),
    ("china", any_of(r"China\b", r"Gallatin\b", r"21Vianet\b", r"(?<=, )sovereign\b", r"(?<=and )sovereign\b")),
)
_OF_GOVERNMENTS: tuple[Cloud, ...] = ("gcc", "gcch", "dod")
_ORDER = tuple(cloud for cloud, _ in _CLOUDS)
_ANY = any_of(
    "world",
    "WW",
    "global",
    "commercial",
    "multi",
    "GCC",
    "gov",
    "sovereign",
    "DoD",
    "department of defense",
    "china",
    "gallatin",
    "21Vianet",
    "all ",
    "other clouds",
    "production",
    "public cloud",
)
# What follows these words, up to the end of the bracket or clause, is left out.
_WITHOUT = any_of(
    r"exclud(?:ing|es?|ed)\b",
    r"except(?:ing|ion of)?\b",
    r"other than\b",
    r"apart from\b",
    r"all but\b",
    r"not including\b",
    r"do(?:es)? not (?:apply to|include|affect|impact)\b",
    r"not (?:yet |currently |be )*(?:available|supported) (?:in|for|to|on)\b",
)
_LEFT_OUT = Wording(rf"(?P<words>{_WITHOUT.pattern})(?P<clouds>[^.;:()\[\]]*)", re.IGNORECASE)
# Clouds that the product does not follow.
_OUTSIDE_PARTS = ("Nat", "Sec", "gap", "Gap", "Bleu", "Delos")  # quickly seen to be missing
_OUTSIDE = any_of(r"US\s?Nat\b", r"US\s?Sec\b", r"Air[\s-]?gap\w*", r"Bleu\b", r"Delos\b")


def named(text: str) -> tuple[Cloud, ...]:
    """The clouds that a text names, in the order of LABELS.md; empty where it names none."""
    if not _ANY.search(text):
        return ()
    found = {cloud for cloud, pattern in _CLOUDS if pattern.search(text)}
    every = _ALL.search(text)
    if every or (not found.intersection(_OF_GOVERNMENTS) and _GOVERNMENT.search(text)):
        found.update(_OF_GOVERNMENTS)
    return tuple(cloud for cloud in _ORDER if cloud in found)


def reached(text: str) -> tuple[Cloud, ...]:
    """The clouds that a text names without those that it leaves out ("all clouds except DoD")."""
    found = named(text)
    if not found or not _WITHOUT.search(text):
        return found
    left_out = {cloud for match in _LEFT_OUT.finditer(text) for cloud in named(match["clouds"])}
    if not left_out:
        return found
    rest = named(_LEFT_OUT.sub("", text)) or ("worldwide",)
    return tuple(cloud for cloud in rest if cloud not in left_out) or ("worldwide",)


def is_elsewhere(text: str) -> bool:
    """Whether a text names clouds, but only such as the product does not follow."""
    told = any(part in text for part in _OUTSIDE_PARTS) and _OUTSIDE.search(text) is not None
    return told and not named(text)
