"""The page of one edition of a change: its text as it was, and what the next one changed."""

from collections.abc import Sequence

from shared.adapters.pages.change import MOST_EDITIONS, private_page, size_of_event
from shared.adapters.pages.explain import fields
from shared.adapters.pages.lengths import shortened
from shared.adapters.pages.marked import marked_post
from shared.adapters.pages.render import render
from shared.core.changes.change import Change, Edition
from shared.core.changes.timeline import Happened
from shared.core.posts.classification import Classification
from shared.core.posts.post import Post
from shared.core.text.safe import cut

_LONGEST_TITLE, _LONGEST_VALUE = 300, 1_200  # characters
_MOST_EVENTS, _MOST_SENTENCES = 20, 60
_ROOM = 12_000  # characters


def revision_page(
    change: Change,
    number: int,
    edition: Edition,
    post: Post | None,
    gone: Sequence[str] = (),
    came: Sequence[str] = (),
    happened: Sequence[Happened] = (),
    *,
    is_private: bool = False,
) -> str:
    """The edition of that number, counted from 1. `gone`, `came`: sentences, up to the next edition."""
    if is_private:
        return private_page(change)
    read = edition.told or Classification(change.id)
    title = cut(post.title if post else change.read().title, _LONGEST_TITLE) or change.id
    near = min(max(number + MOST_EDITIONS // 2, MOST_EDITIONS), change.revision)
    told = {sentence for each in happened for sentence in (*each.gone, *each.came)}
    if told.issuperset((*gone, *came)):  # the events say it all
        gone, came = (), ()
    return render(
        "revision.html.j2",
        title=f"{change.id}, revision {number}: {title}",
        here="/api/changes",
        heading=title,
        change=change,
        number=number,
        edition=edition,
        is_old=number < change.revision,
        body=marked_post(post, read) if post else None,
        fields=[(each, cut(each.value, _LONGEST_VALUE), cut(each.why, _LONGEST_VALUE)) for each in fields(read)]
        if edition.facts
        else [],
        gone=shortened(gone, _MOST_SENTENCES, len, _ROOM),
        came=shortened(came, _MOST_SENTENCES, len, _ROOM),
        happened=shortened(happened, _MOST_EVENTS, size_of_event, _ROOM),
        editions=shortened(list(enumerate(change.editions, 1))[:near][::-1], MOST_EDITIONS),
    )
