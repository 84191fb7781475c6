"""Forms as a browser sends them from a page of ours: with its cookie, and the same word in the form."""

from collections.abc import Mapping
from urllib.parse import urlencode

import azure.functions as func

OURSELVES = "https://t.example"
TOKEN = "5e" * 16
COOKIE = f"__Host-form={TOKEN}"
SENT_BY_A_PAGE_OF_OURS: Mapping[str, str] = {
    "sec-fetch-site": "same-origin",
    "origin": OURSELVES,
    "content-type": "application/x-www-form-urlencoded",
    "cookie": COOKIE,
}


def form_request(
    path: str, fields: Mapping[str, str], principal: str = "", *, script: bool = False, **route: str
) -> func.HttpRequest:
    """A form with its token. `principal`: of the person who sends it; `script`: it was our script that sent it.

    `route`: what stands in the path.
    """
    by_script = {"hx-request": "true"} if script else {}
    return func.HttpRequest(
        method="POST", url=f"{OURSELVES}{path}", params={}, route_params=route,
        body=urlencode({"csrf": TOKEN, **fields}).encode(),
        headers={**SENT_BY_A_PAGE_OF_OURS, "x-ms-client-principal": principal, **by_script},
    )  # fmt: skip
