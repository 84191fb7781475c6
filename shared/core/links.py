"""Addresses: the post's in its cloud's admin center, and our pages'."""

_ADMIN_CENTERS = {
    "worldwide": "https://admin.microsoft.com/",
    "gcc": "https://admin.microsoft.com/",
    "gcch": "https://portal.office365.us/adminportal/home",
    "dod": "https://portal.apps.mil/adminportal/home",
    "china": "https://portal.partner.microsoftonline.cn/adminportal/home",
}


def post_url(change_id: str, cloud: str = "worldwide") -> str:
    """Where people read the post; `cloud` as the policy names the tenant's."""
    return f"{_ADMIN_CENTERS[cloud]}#/MessageCenter/:/messages/{change_id}"


def page_url(change_id: str, public_url: str) -> str:
    return f"{public_url.rstrip('/')}/api/changes/{change_id}"


def mail_url(channel: str, public_url: str) -> str:
    """Where somebody stops the mails of a channel, or takes them up again."""
    return f"{public_url.rstrip('/')}/api/mail/{channel}"


def answer_url(public_url: str, token: str, answer: str = "") -> str:
    """The page that asks for an answer. `answer`: the one that is filled in already."""
    return f"{public_url.rstrip('/')}/api/answer?t={token}" + (f"&a={answer}" if answer else "")


def opened_url(change_id: str, public_url: str, token: str) -> str:
    """The change page as a card's button opens it."""
    return f"{page_url(change_id, public_url)}?t={token}"
