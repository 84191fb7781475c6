"""The platforms that a phrase names, and those of Graph's field."""

from collections.abc import Iterator

from shared.core.text.wording import Wording

#: What stands before a name that has other meanings, too: "Teams for Windows", "on the web", "Windows and Mac".
_BEFORE = (
    r"(?<![^ (/])(?:"
    + "|".join(
        rf"(?<={lead})"
        for lead in ("for ", "on ", "in ", "via ", "the ", ", ", "/", "and ", "or ", "& ", ": ", "(", "new ", "^")
    )
    .replace("(?<=()", r"(?<=\()")
    .replace("(?<=^)", "^")
    + ")"
)
_NO_PRODUCT = (
    r"(?! (?:365|Hello|[Uu]pdates?|Autopatch|Server|Defender|Azure|Virtual|Backup|Admin|Phone|Store|Cloud|PowerShell"
    r"|Information|news|security|10|11|parts?|pages?|services?|content|search)\b)"
)
_NO_NAME = r"(?<!Project for the )(?<!Office for the )"
_PLATFORM = Wording(
    r"\b(?:(?P<ios>iOS|iPhones?|iPads?|iPadOS)|(?P<android>Android)|(?P<mac>macOS))\b"
    rf"|{_BEFORE}(?:(?P<apple>[Mm]ac)|(?P<windows>Windows|[Ww]in32)|{_NO_NAME}(?P<web>(?:Teams )?[Ww]eb)"
    rf"|(?P<linux>Linux))\b(?!-){_NO_PRODUCT}"
)
_NAMES = {
    "ios": "iOS", "android": "Android", "mac": "Mac", "apple": "Mac", "windows": "Windows", "web": "web",
    "linux": "Linux",
}  # fmt: skip
_TEAMS_ROOMS = Wording(r"Teams Rooms (?:on|for) (Windows|Android)")
_WORTH = Wording(r"iOS|Android|[Mm]ac|Windows|[Ww]eb\b|iP|Linux|[Ww]in32")
#: Graph's words; what it calls a desktop beside Mac is Windows. Developers and schools are no platforms.
_GRAPHS = {
    "web": "web", "desktop": "desktop", "mac": "Mac", "ios": "iOS", "android": "Android", "linux": "Linux",
    "mobile": "mobile", "teamsandsurfacedevices": "Teams and Surface devices",
}  # fmt: skip


def platforms_of(phrase: str) -> Iterator[str]:
    """Each platform for or on which something is, in order."""
    if not _WORTH.search(phrase):
        return
    rooms = [f"Teams Rooms on {match[1]}" for match in _TEAMS_ROOMS.finditer(phrase)]
    yield from rooms
    rest = _TEAMS_ROOMS.sub("Teams Rooms", phrase) if rooms else phrase
    for match in _PLATFORM.finditer(rest):
        yield next(name for group, name in _NAMES.items() if match[group])


def platforms_of_graph(value: str) -> Iterator[str]:
    """The platforms of the detail `Platforms`: "Desktop, Mac, Web"."""
    names = [_GRAPHS.get(part.strip().lower(), "") for part in value[:400].split(",")]
    for name in names:
        if name:
            yield "Windows" if name == "desktop" and "Mac" in names else name
