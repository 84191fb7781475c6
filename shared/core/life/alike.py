"""Which other changes may announce the same as a few new ones, as far as their lines tell (pure)."""

from collections.abc import Iterable, Sequence

from shared.core.changes.reissues import Sketch, dateless, normal_title
from shared.core.life.line import Line


def alike(new: Sequence[Sketch], lines: Iterable[Line]) -> set[str]:
    """The changes with the title or a roadmap id of a new one, and those with the title of one of these.

    With them every relation of a new one is found that `unstated` finds among all. A line names more roadmap ids than
    a sketch does, so the changes themselves are compared; a post on data privacy tells neither title nor id.
    """
    titles = {dateless(each.title) for each in new if each.title}
    numbers = {number for each in new for number in each.roadmap}
    sketches = [(line.id, dateless(normal_title(line.title)), line.roadmap) for line in lines if not line.private]
    first = [each for each in sketches if each[1] in titles or not numbers.isdisjoint(each[2])]
    titles |= {title for _, title, _ in first if title}
    names = {name for name, _, _ in first} | {name for name, title, _ in sketches if title in titles}
    return names - {each.id for each in new}
