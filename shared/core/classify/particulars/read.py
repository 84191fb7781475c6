"""Every particular of a post. Pure; never raises."""

from shared.core.classify.document import read_document
from shared.core.classify.particulars.audience import read_audience
from shared.core.classify.particulars.bold import bold_names
from shared.core.classify.particulars.compliance import read_compliance
from shared.core.classify.particulars.controls import read_controls
from shared.core.classify.particulars.links import read_links
from shared.core.classify.particulars.steps import read_steps
from shared.core.classify.particulars.way_out import read_way_out
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
    document = read_document(post)
    return Particulars(
        audience=read_audience(post, document),
        controls=read_controls(document, bold_names(post)),
        steps=read_steps(document, classification),
        way_out=read_way_out(document),
        compliance=read_compliance(document),
        links=read_links(post),
    )
