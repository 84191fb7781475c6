"""Addresses: the post's and our pages'."""


def post_url(change_id: str) -> str:
    return f"https://admin.microsoft.com/#/MessageCenter/:/messages/{change_id}"


def page_url(change_id: str, public_url: str) -> str:
    return f"{public_url.rstrip('/')}/api/changes/{change_id}"
