"""What a post plans, in short words: read without the tables, which other tests are for."""

from shared.core.classify.deadline import ending_deadline, stated_deadline
from shared.core.classify.document import read_document
from shared.core.classify.status import Verdict, read_status
from shared.core.classify.windows import read_windows
from shared.core.posts.classification import Interval, Window
from shared.core.posts.post import Post


def short(interval: Interval | None) -> str:
    return f"{interval.first:%y%m%d}-{interval.last:%y%m%d}" if interval else "-"


def in_short(windows: tuple[Window, ...]) -> list[str]:
    """Windows as "ga worldwide,gcc 260501-260510 -"."""
    return [f"{each.phase} {','.join(each.clouds)} {short(each.start)} {short(each.end)}" for each in windows]


def planned(post: Post, *, retiring: bool = False) -> list[str]:
    """The windows of a post, in short."""
    return in_short(read_windows(read_document(post), retiring=retiring))


def verdict(post: Post, *, kind: str = "feature_change") -> Verdict:
    document = read_document(post)
    return read_status(document, read_windows(document, retiring=kind == "retirement"), kind)


def stated(post: Post, *, kind: str = "feature_change") -> str:
    """The deadline that a post names, or "-"."""
    return str(stated_deadline(post, read_document(post), verdict(post, kind=kind))[0] or "-")


def ending(post: Post, *, kind: str = "feature_change") -> str:
    """The deadline of a post that asks for action without a day of its own, or "-"."""
    return str(ending_deadline(read_document(post), verdict(post, kind=kind))[0] or "-")
