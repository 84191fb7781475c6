"""The tables of signals, one module for each field: what speaks for which value, and how loudly (1 hints, 3 decides).

The weights were set by hand and then moved a little, by a fit that holds them near the hand's values, to the labelled
posts (docs/classification.md). A phrase that one post uses has no place here.
"""

from shared.core.classify.tables.action import ACT, ACT_BASE, ACTION, ACTION_BASE
from shared.core.classify.tables.admin_impact import ADMIN, ADMIN_BASE
from shared.core.classify.tables.board import CRB, CRB_BASE
from shared.core.classify.tables.default import DEFAULT, DEFAULT_BASE
from shared.core.classify.tables.kind import KIND, KIND_BASE
from shared.core.classify.tables.user_impact import USER, USER_BASE

__all__ = [
    "ACT",
    "ACTION",
    "ACTION_BASE",
    "ACT_BASE",
    "ADMIN",
    "ADMIN_BASE",
    "CRB",
    "CRB_BASE",
    "DEFAULT",
    "DEFAULT_BASE",
    "KIND",
    "KIND_BASE",
    "USER",
    "USER_BASE",
]
