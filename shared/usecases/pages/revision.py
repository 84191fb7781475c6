"""One edition of a change, as it was and what became different with the next one."""

from dataclasses import dataclass

from shared.core import ids
from shared.core.changes.change import Change, Edition
from shared.core.changes.sentences import difference
from shared.core.changes.timeline import Happened, timeline
from shared.core.posts.post import Post, read_post
from shared.core.posts.privacy import is_private
from shared.record.changes import read_alone
from shared.record.editions import raw_edition
from shared.usecases.deps import Deps


@dataclass(frozen=True, slots=True)
class RevisionView:
    """An edition by its number, from 1. `gone`, `came`: sentences, up to the next edition; `happened`: its events.

    `post` is None where what it said is kept no more.
    """

    change: Change
    number: int
    edition: Edition
    post: Post | None
    gone: tuple[str, ...] = ()
    came: tuple[str, ...] = ()
    happened: tuple[Happened, ...] = ()
    next_post: Post | None = None

    @property
    def is_private(self) -> bool:
        """Whether the change is on data privacy, or was when this was published, or the edition after it."""
        shown = (self.change.read(), self.post, self.next_post)
        return any(post is not None and is_private(post) for post in shown)


async def revision(deps: Deps, text: str, number: int) -> RevisionView | None:
    """The edition of that number; None where there is none. PermanentError for what is no id. Three calls."""
    change_id = ids.normalise(text)
    record = await read_alone(deps.storage.tables, change_id)
    if record is None or not 1 <= number <= record.change.revision:
        return None
    change = record.change
    edition, following = change.editions[number - 1], change.editions[number : number + 1]
    raw = await raw_edition(deps.storage.tables, change_id, edition.id) if following else change.post
    gone: tuple[str, ...] = ()
    came: tuple[str, ...] = ()
    if following and edition.facts and following[0].facts:
        gone, came = difference(edition.facts.sentences, following[0].facts.sentences)
    ids_of_next = {each.id for each in following}
    happened = tuple(each for each in timeline(change) if each.event.edition in ids_of_next)
    last = number + 1 >= change.revision
    after = None if last else await raw_edition(deps.storage.tables, change_id, following[0].id)
    post, next_post = (read_post(each) if each else None for each in (raw, after))
    return RevisionView(change, number, edition, post, gone, came, happened, next_post)
