"""Whose token it is, from its own claims: for the record of who pushed what, never to let anybody in."""

import base64
import getpass
import json


def account_of(token: str) -> str:
    """The account's name, else the application's id; empty where the token is of another make."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return ""
    if not isinstance(claims, dict):
        return ""
    return str(claims.get("upn") or claims.get("unique_name") or claims.get("appid") or "")


async def signed_in() -> str:
    """The account that is signed in to Azure; beside a sandbox, the user of this machine."""
    from shared import app

    ours = app.current()
    if ours.settings.connection_string:
        return getpass.getuser()
    return account_of(await ours.token("https://storage.azure.com/.default")) or getpass.getuser()
