"""The classifier: reads out of one post what an administrator must know, and says why. Pure; never raises."""

from shared.core.classify.classifier import classify
from shared.core.text.html import plain_text

__all__ = ["classify", "plain_text"]
