"""What the readers of particulars make of one sentence or list, in a post of our own."""

from shared.core.classify.classifier import classify
from shared.core.classify.particulars.read import read_particulars
from shared.core.posts.particulars import Particulars
from tests.core.classify.posts import a_post

INTRO = "<p>Pages get a new layout.</p><p>[When this will happen:]</p><p>Rollout begins on June 1, 2026.</p>"


def prepare(text: str) -> str:
    """A body with a prepare section; `text` is HTML, or a sentence."""
    return f"{INTRO}<p>[What you need to do to prepare:]</p>{text if text.startswith('<') else f'<p>{text}</p>'}"


def items(*lines: str, lead: str = "") -> str:
    return (f"<p>{lead}</p>" if lead else "") + "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"


def read(body: str) -> Particulars:
    post = a_post(body)
    return read_particulars(post, classify(post))
