"""Why a change is for the board."""

from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case


def why_board(case: Case) -> Part:
    """Why a board gets it: the post's words for that, else what it is; doubt is told."""
    classification, source = case.classification, case.source("crb")
    if not classification.crb:
        return Part("The policy asks for it.", "the policy")
    if case.unsure("crb"):
        return Part("It may be for the board: we are not sure.", source)
    quoted = case.quotation("crb")
    if quoted and quoted not in (case.quotation("admin_impact"), case.quotation("user_impact")):
        return quoted
    if classification.kind == "retirement" and case.sure("kind"):
        return Part("It is a retirement.", case.source("kind"))
    if classification.action == "required" and case.sure("action"):
        return Part("The post asks for action.", case.source("action"))
    if classification.default == "on" and case.sure("default"):
        return Part("It arrives by default.", case.source("default"))
    return Part("Judged so from the whole post.", source)
