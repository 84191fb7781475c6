"""Real posts that a policy is held against: which services nobody owns, and which titles it can never meet (pure)."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import regex

from shared.core.policy.check import Fault, did_you_mean
from shared.core.policy.model import Policy, service_key, walk
from shared.core.posts.fingerprints import plain_title
from shared.core.posts.post import Post
from shared.core.posts.services import canonical

#: From so many posts on, a title that none of them has is worth a warning. Fewer may lack it by chance.
ENOUGH = 300
_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Seen:
    """What posts say. `services`: with how many posts name each; `titles`: by the post's id, as they are matched."""

    services: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()


def read_seen(posts: Iterable[Post]) -> Seen:
    """Of editions of one post, the last counts for its title, and all of them for the rest."""
    named, titles = set[tuple[str, str]](), dict[str, str]()
    tags, categories = set[str](), set[str]()
    for post in posts:
        named.update((service, post.id) for service in post.services)
        titles[post.id] = plain_title(post.title)
        tags.update(post.tags)
        categories.add(post.category)
    return Seen(Counter(service for service, _ in named), titles, frozenset(tags), frozenset(categories))


def never_seen(policy: Policy, seen: Seen) -> Iterator[Fault]:
    """Each as (path, what): services of posts that nobody owns, and titles that no post has."""
    yield from _unowned(policy, seen.services)
    keys = {id_: service_key(title) for id_, title in seen.titles.items()}
    for name, load in policy.workloads.items():
        begins = tuple(map(service_key, load.titles))
        for index, begin in enumerate(begins):
            if remark := _remark(load.titles[index], keys, partial(_begins, begin), _later(begin, begins)):
                yield f"workloads.{name}.titles[{index}]", remark
    for path, route in walk(policy.routes):
        for words in (route.match.title if route.match else None) or ():
            if remark := _of_a_condition(words, seen.titles, keys):
                yield f"{path}.match.title", remark


def _begins(begin: str, key: str) -> bool:
    return key.startswith(begin)


def _of_a_condition(words: str, titles: Mapping[str, str], keys: Mapping[str, str]) -> str:
    expression = words[1:-1] if len(words) > 2 and words[0] == words[-1] == "/" else ""
    if not expression:
        return _remark(words, keys, lambda key: service_key(words) in key, None)
    anchored = expression.removeprefix("^")
    later = _search(anchored) if anchored != expression else None
    return _remark(words, titles, _search(expression), later)


def _remark(
    words: str, titles: Mapping[str, str], matches: Callable[[str], bool], later: Callable[[str], bool] | None
) -> str:
    """What is to be said of words that no title matches; `later`: whether they stand behind a title's beginning."""
    count = len(titles)
    if not count or any(map(matches, titles.values())):
        return ""
    behind = [id_ for id_, title in titles.items() if later and later(title)]
    if behind:
        stand = f"it stands later in {len(behind)} of them, as in that of {behind[-1]}"
        return f"no title of {_posts(count)} begins with {words!r}, where it is looked for; {stand}"
    return f"no title of {_posts(count)} has {words!r}" if count >= ENOUGH else ""


def _posts(count: int) -> str:
    return f"the {count:,} posts" if count > 1 else "the one post"


def _later(begin: str, begins: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a title has the words, and begins as nothing does that leads to the same workload."""
    pattern = re.compile(rf"(?<!\w){re.escape(begin)}")
    return lambda key: pattern.search(key) is not None and not key.startswith(begins)


def _search(expression: str) -> Callable[[str], bool]:
    compiled = regex.compile(expression, regex.IGNORECASE)

    def found(title: str) -> bool:
        try:
            return compiled.search(title, timeout=_SECONDS) is not None
        except TimeoutError:  # a pattern that is too slow is told where it is used
            return True

    return found


def _unowned(policy: Policy, services: Mapping[str, int]) -> Iterator[Fault]:
    unowned = {service: count for service, count in services.items() if policy.workload_of(service) is None}
    owned = [service for load in policy.workloads.values() for service in (*load.services, *load.aliases)]
    for service, count in sorted(unowned.items(), key=lambda item: -item[1]):
        posts = f"{count} post{'' if count == 1 else 's'}"
        near = did_you_mean(service, owned) or did_you_mean(canonical(service), owned)
        yield "workloads", f"nobody owns {service!r}, which {posts} name{'s' if count == 1 else ''}{near}"
