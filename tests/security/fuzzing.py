"""What the fuzz tests share: how much of it is run, how a failing part is repeated, and nonsense in place of JSON.

A tenth of it is run with the other tests; `make fuzz` runs all (FUZZ=10). The seed stands in each test's name ("14-3":
part 3 of seed 14): a part that fails is repeated by its name, with FUZZ=10. FUZZ_SEED chooses another seed.
"""

import json
import os
from dataclasses import replace
from random import Random

from tests.contracts.proxy import Reply

TENTHS = max(1, int(os.environ.get("FUZZ", "1")))
SEED = int(os.environ.get("FUZZ_SEED", "14"))


def parts(whole, each):
    """The names of the parts of a fuzzing of `whole` cases, `each` of which has so many: "14-0", "14-1" ..."""
    return [f"{SEED}-{part}" for part in range(whole * TENTHS // 10 // each)]


DEEP = json.loads("[" * 60 + "]" * 60)
ODD = [
    None, 0, -1, 1, 2, 200, 10**15, 10**30, -(10**30), 10**400, 1.5, -0.0, float("inf"), float("nan"), True, False, "",
    " ", "0", "-1", "x", "1e400", "nan", "true", "x" * 10_000, "\x00\x07\x1b[31m", "\ud800", "\ufeff\u202etxt\u2066",
    "None", "javascript:alert(1)", "https://x.example/\r\nX: 1", "../../..", "' OR 1=1 --",
    "{{ 7*7 }}", "%s%n", "<b>x</b>",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30", "2026-09-01", "9" * 400, [], {}, [[]],
    [None], [{}], {"": None}, {"id": None}, [1, "a", None, {}, []], {"name": {"name": []}}, DEEP, ["x"] * 2_000,
]  # fmt: skip
"""Values that stand where another kind of value is expected."""
BODIES = [
    b"", b" ", b"null", b"true", b"0", b"-1e400", b'""', b"[]", b"{}", b"[{}]", b"[null]", b"{", b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}", b'{"a":' * 500, b"[" * 100_000, b"9" * 5_000, b"<!DOCTYPE html><title>Sign in</title>",
    b"<html><body>It works!</body></html>", b"NaN", b"{}{}", b"upstream connect error", b"\x00" * 2_000,
]  # fmt: skip
STATUSES = [
    200, 201, 202, 203, 204, 205, 206, 226, 299, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406,
    408, 409, 410, 411, 412, 413, 414, 415, 416, 418, 422, 423, 425, 429, 431, 451, 499, 500, 501, 502, 503, 504, 507,
    520, 525, 530, 599, 600, 999,
]  # fmt: skip
HEADERS = [
    *[("Retry-After", value) for value in ("-1", "nan", "1e400", "inf", "0", "", "x", "99999999999999999999", "1.5",
      "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -1400", "Mon, 99 Foo 2026 25:61:61 GMT", "1, 2")],
    *[("X-RateLimit-Reset", value) for value in ("-1", "nan", "inf", "1e400", "99999999999999999999", "x",
      "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00")],
    *[("Content-Type", value) for value in ("text/html", "application/json; charset=utf-7", "x", "", "image/png",
      "application/json; charset=nonsense", "text/plain; charset=utf-16")],
    *[("Content-Encoding", value) for value in ("gzip", "deflate", "br", "nonsense", "gzip, gzip")],
    ("Location", "http://127.0.0.1:9/elsewhere"), ("Location", "javascript:x"), ("Set-Cookie", "a=b; Domain=.com"),
    ("Link", "<>; rel=next"), ("WWW-Authenticate", "Negotiate"), ("X-Long", "x" * 4_000),
]  # fmt: skip


class Mutator:
    """Changes answers, from the `first` on; `always`: each of them, else that one only. `made`: how many it changed."""

    def __init__(self, random: Random, secrets: tuple[str, ...] = ()) -> None:
        self.random = random
        self.odd = [*ODD, *(f"invalid credentials: {secret}" for secret in secrets)]
        self.first, self.always = random.choice((0, 0, 0, 1, 1, 2)), random.random() < 0.25
        self.seen = self.made = 0

    def __call__(self, reply: Reply) -> Reply:
        at, self.seen = self.seen, self.seen + 1
        if at < self.first or (self.made and not self.always):
            return reply
        self.made += 1
        return self.mutated(reply)

    def mutated(self, reply: Reply) -> Reply:
        random, lot = self.random, self.random.random()
        if lot < 0.7:
            return replace(reply, body=self.body(reply.body))
        if lot < 0.78:
            return replace(reply, body=reply.body[: random.randrange(len(reply.body) + 1)])
        if lot < 0.86:
            return replace(reply, body=random.choice(BODIES))
        if lot < 0.94:
            body = random.choice((reply.body, self.body(reply.body), random.choice(BODIES), self.complaint()))
            return Reply(random.choice(STATUSES), {**reply.headers, **self.headers()}, body)
        return replace(reply, headers={**reply.headers, **self.headers()})

    def headers(self):
        return dict(self.random.choices(HEADERS, k=self.random.randrange(3)))

    def complaint(self) -> bytes:
        """An error's body, in the shapes in which the systems complain."""
        names = ("error", "errors", "message", "errorMessages", "description", "error_description", "detail", "code")
        return encoded({name: self.random.choice(self.odd) for name in self.random.sample(names, 4)})

    def body(self, body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except ValueError:
            return self.random.choice(BODIES)
        for _ in range(self.random.choice((1, 1, 1, 1, 2, 4))):
            value = self.tree(value)
        return encoded(value)

    def tree(self, value):
        """The JSON with one of its nodes changed."""
        places = list(_places(value, ()))
        path = self.random.choice(places)
        return _changed(value, path, self.node)

    def node(self, value):
        random = self.random
        if isinstance(value, dict) and value and random.random() < 0.5:
            name, odd = random.choice(list(value)), random.choice(self.odd)
            if random.random() < 0.6:
                return {key: each for key, each in value.items() if key != name}
            return random.choice(({**value, f"{name}{name}": odd}, {name: value[name]}, [value], [*value.items()]))
        if isinstance(value, list) and value and random.random() < 0.5:
            at = random.randrange(len(value))
            more = [*value[:at], random.choice(self.odd), *value[at:]]
            return random.choice((value[:at], value * 2, value[::-1], more, value[0], dict.fromkeys("abc", value)))
        return random.choice(self.odd)


def encoded(value) -> bytes:
    return json.dumps(value).encode()


def _places(value, path):
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield from _places(each, (*path, name))


def _changed(value, path, change):
    if not path:
        return change(value)
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _changed(copy[path[0]], path[1:], change)
    return copy
