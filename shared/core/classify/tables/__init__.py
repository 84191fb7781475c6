"""The tables of signals, by what they are about. Every signal may speak for every field; the fit weighs them.

A phrase that one post uses has no place here. After a change of a table the weights are fitted anew
(docs/classification-measured.md); a signal that the weights do not know counts nothing.
"""

from shared.core.classify.tables.action import DEMAND
from shared.core.classify.tables.admin_impact import ADMIN
from shared.core.classify.tables.board import BOARD
from shared.core.classify.tables.default import DEFAULT
from shared.core.classify.tables.kind import KIND
from shared.core.classify.tables.user_impact import USER

SIGNALS = (*KIND, *DEMAND, *ADMIN, *USER, *DEFAULT, *BOARD)

__all__ = ["SIGNALS"]
