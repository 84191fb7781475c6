"""Reads the particulars of a post: one file for each. Pure; never raises."""

from shared.core.posts.classification import Classification
from shared.core.posts.particulars import NOTHING_SAID, Particulars
from shared.core.posts.post import Post

__all__ = ["read_particulars"]


def read_particulars(post: Post, classification: Classification) -> Particulars:
    """What the post says of who, which setting, which steps, which way out; nothing where it cannot be read."""
    try:
        return _read(post, classification)
    except Exception:  # noqa: BLE001 - as in `classify`: anything can come, and one post never holds up others
        return NOTHING_SAID


def _read(post: Post, classification: Classification) -> Particulars:
    # The first post loads them: most processes read none, and a card needs one of their neighbours.
    from shared.core.classify.document import read_document  # noqa: PLC0415
    from shared.core.classify.particulars.audience import read_audience  # noqa: PLC0415
    from shared.core.classify.particulars.bold import bold_names  # noqa: PLC0415
    from shared.core.classify.particulars.compliance import read_compliance  # noqa: PLC0415
    from shared.core.classify.particulars.controls import read_controls  # noqa: PLC0415
    from shared.core.classify.particulars.links import read_links  # noqa: PLC0415
    from shared.core.classify.particulars.steps import read_steps  # noqa: PLC0415
    from shared.core.classify.particulars.way_out import read_way_out  # noqa: PLC0415

    document = read_document(post)
    return Particulars(
        audience=read_audience(post, document),
        controls=read_controls(document, bold_names(post)),
        steps=read_steps(document, classification),
        way_out=read_way_out(document),
        compliance=read_compliance(document),
        links=read_links(post),
    )
