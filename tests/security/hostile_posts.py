"""Posts that nobody means well with, made by chance: our own words, in every shape that JSON has."""

from random import Random

WORDS = (
    "We will retire the old viewer in early October 2026 and expect to complete by late November 2026 .",
    "General Availability (Worldwide, GCC): rollout begins mid-March 2027 .",
    "You must move to the new viewer before December 1, 2026 , or users can no longer open files .",
    "What you need to do to prepare : tell your users . When this will happen : soon .",
    "Updated May 4, 2026: We have changed the dates below . This message is associated with Roadmap ID 91000 .",
    "We have decided not to proceed with this change at this time . Q3 CY2026 31/12/9999 0000-00-00 29 February 2027",
    "admins enable disable default tenant policy Exchange Online Microsoft Teams SharePoint MC1200002 MC0 MC999",
)  # fmt: skip
MARKS = (
    "\u202e", "\u2066", "\u200f", "\u00ad", "\u200b", "\ufeff", "\x00", "\x07", "\x1b[31m", "\ud800", "\udfff",
    "\ue000", "\ue001a\ue002javascript:x\ue003", "\u2028", "\r", "\r\n\r\n", "\n## ", "\n- ", "\t", "a" + "\u0301" * 40,
    "👩\u200d👩\u200d👧", "שלום", "{{ 7*7 }}", "{% x %}", "${x}", "%s", "*_~`#>|[]()!\\", "h1. ", "!x!:http://x.example",
    "{code}", "[code]", "|=x|", "@everyone", "<at>x</at>", "]]>", "<!--", "-->", "&#0;", "&#x110000;", "&lt;script&gt;",
)  # fmt: skip
LINKS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "\x01javascript:alert(1)", "vbscript:x",
    "data:text/html;base64,PHNjcmlwdD4=", "https://user:password@x.example/", "https://x.example/?a=1&b=<x>",
    "//x.example", "http://[::1", "https://x.example/" + "a" * 3_000, "file:///etc/passwd",
    "https://\u202ex.example", "\\\\x\\y", "",
    "javascript&colon;alert(1)", "&#106;avascript:alert(1)", "https://x.example/%00", "ms-word:ofe|u|https://x.example",
)  # fmt: skip
TAGS = (
    "script", "style", "iframe", "svg", "math", "noscript", "template", "textarea", "title", "plaintext", "xmp", "a",
    "img", "p", "div", "b", "i", "ul", "li", "table", "tr", "td", "blockquote", "h1", "h4", "br",
    "form", "input", "base",
    "meta", "link", "object", "embed", "svg><script", "p/onclick=x()", "font", "span", "details", "video", "x-y",
)  # fmt: skip
ATTRIBUTES = (
    'onclick="x()"', "onerror=x()", "ONLOAD='x()'", 'style="background:url(javascript:x())"', 'href="{link}"',
    "href={link}", "src='{link}'", 'srcset="{link} 2x"', 'formaction="{link}"',
    'xlink:href="{link}"', 'style="position:fixed"',
    'id="x"', 'class="head"', "href=\"https://x.example\" href='{link}'", 'a="', "<", '"', "/", "data-x='<script>'",
)  # fmt: skip
TIMES = (
    "0000-00-00T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59.9999999-14:00", "2026-02-30T00:00:00Z", "2026-10-01T00:00:00Z", "2026-10-01", "2026-W40-1",
    "1990-01-01T00:00:00Z", "2100-12-31T23:59:59Z", "20261001T000000Z", "tomorrow", "2026-10-01T25:61:61Z", "",
)  # fmt: skip
VALUES = (
    None, True, False, 0, -1, 10**30, -(10**400), 1.5, float("inf"), float("-inf"), float("nan"), "", " ", "x",
    "\ud800", [], {}, [None], [[]], {"": None}, {"name": "x", "value": ["y"]}, ["Exchange Online",
    None, 3, {"a": 1}], "null",
)  # fmt: skip
FIELDS = (
    "title", "startDateTime", "endDateTime", "lastModifiedDateTime", "actionRequiredByDateTime", "category", "severity",
    "isMajorChange", "services", "tags", "details", "body", "viewPoint", "hasAttachments", "expiryDateTime",
)  # fmt: skip
KINDS = ("html", "html", "html", "text", "HTML", "x")
HUGE = 200_000


class Posts:
    """Post after post."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def post(self, number: int):
        random = self.random
        raw = {
            "id": f"MC{1_000_000 + number}",
            "title": self.text(6),
            "startDateTime": self.time(),
            "endDateTime": self.time(),
            "lastModifiedDateTime": self.time(),
            "actionRequiredByDateTime": self.time(),
            "category": random.choice(("planForChange", "stayInformed", "preventOrFixIssue", self.text(1))),
            "severity": random.choice(("normal", "high", "critical", self.text(1))),
            "isMajorChange": random.random() < 0.5,
            "services": self.some("Exchange Online", "Microsoft Teams"),
            "tags": self.some("Retirement", "Data privacy", "Admin impact"),
            "details": [self.detail() for _ in range(self.few())],
            "body": {"contentType": random.choice(KINDS), "content": self.body()},
        }  # fmt: skip
        for _ in range(random.choice((0, 0, 1, 1, 2, 4, 9))):
            raw[random.choice(FIELDS)] = self.odd()
        for _ in range(random.choice((0, 0, 0, 1, 3))):
            raw.pop(random.choice(FIELDS), None)
        if random.random() < 0.02:
            raw["id"] = random.choice((*VALUES, "MC", "mc1200001 ", "MC" + "9" * 500, "TM1", "MC١٢٣٤٥٦٧", "MC1\x00"))
        return raw

    def odd(self):
        random = self.random
        lot = random.random()
        if lot < 0.5:
            return random.choice(VALUES)
        if lot < 0.65:
            return self.text(20)
        if lot < 0.8:
            return [self.text(1) for _ in range(random.choice((1, 3, 300)))]
        if lot < 0.9:
            kinds = (*VALUES, "html")
            return {"content": random.choice((*VALUES, self.body())), "contentType": random.choice(kinds)}
        name = random.choice((*VALUES, "Summary", "RoadmapIds"))
        return [{"name": name, "value": random.choice((*VALUES, self.text(9)))}]

    def time(self):
        random = self.random
        month, day = random.randrange(1, 13), random.randrange(1, 29)
        return random.choice(TIMES) if random.random() < 0.4 else f"2026-{month:02d}-{day:02d}T08:00:00Z"

    def some(self, *usual):
        """A list of these and others."""
        return [self.random.choice((*usual, self.text(1))) for _ in range(self.few())]

    def few(self):
        return self.random.choice((0, 1, 1, 2, 3, 12))

    def detail(self):
        names = ("Summary", "RoadmapIds", "Platforms", "ExternalLink", "BlogLink", "FeatureStatusJson", self.text(1))
        values = (self.text(9), self.random.choice(LINKS), "91000, 91001", '{"a":')
        return {"name": self.random.choice(names), "value": self.random.choice(values)}

    def text(self, most: int) -> str:
        """Words, with what breaks them in between."""
        random = self.random
        words, breaks = random.choice(WORDS).split(), (*MARKS, *LINKS[:6])
        count = random.randrange(most * 3 + 1)
        parts = [random.choice(words if random.random() < 0.8 else breaks) for _ in range(count)]
        return random.choice((" ", " ", " ", "")).join(parts)

    def body(self) -> str:
        random, lot = self.random, self.random.random()
        if lot < 0.012:
            return self.huge()
        text = "".join(self.part() for _ in range(random.choice((1, 4, 12, 30))))
        return text[: random.randrange(len(text) + 1)] if random.random() < 0.1 else text

    def part(self) -> str:
        words, lot = self.random.choice(WORDS), self.random.random()
        if lot < 0.5:
            return self.element() if lot < 0.25 else self.text(4)
        return words if lot < 0.75 else f"<p>{words}</p>"

    def element(self) -> str:
        random = self.random
        tag, inside = random.choice(TAGS), random.choice((self.text(2), random.choice(WORDS)))
        some = random.choices(ATTRIBUTES, k=random.randrange(3))
        attributes = " ".join(each.replace("{link}", random.choice(LINKS)) for each in some)
        opened = f"<{tag} {attributes}>"
        lot = random.random()
        if lot < 0.05:
            return opened * random.randrange(1, 400) + inside
        return opened + inside + (f"</{tag}>" if lot < 0.8 else "")

    def huge(self) -> str:
        """About 200 KB of one thing."""
        words = self.random.choice(WORDS)
        units = (
            words, f"<p>{words}</p>", "&amp;", "&#106;", "&", "<", "<b>", "<div><p>x", "</p>", "x", " ", "\n", "1", "(",
            "a.", "October ", "October 1, 2026 ", "2026 ", "- ", "GCC, ", "\u202e", "e\u0301", self.element(),
            self.text(3) or "y", "<li>" + words, "http://x.example/ ", "MC1200002 ", "Roadmap ID 91000, ", "<td>",
            "<h4>", "<!--", "\u00a0", "; ", "before ", "“",
        )  # fmt: skip
        unit = self.random.choice(units)
        return unit * (HUGE // len(unit) + 1)
