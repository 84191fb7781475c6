"""Key Vault behind the port `Secrets`: a secret's name in the policy is its name there, `_` written as `-`.

Whoever writes the policy says where a secret is sent. So that this cannot be a host of their own, whoever keeps the
vault says in the secret's tag `foresignal-hosts` which hosts it is for.
"""

import logging
import re
import time
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError

from shared.core.errors import ForbiddenError, PermanentError, TransientError
from shared.core.policy.parts import vault_name
from shared.core.ports.deployment import SecretState

_KEPT = 300.0  # seconds: a rotated secret is in use five minutes later
_REFUSED = 403
TAG = "foresignal-hosts"
_LOG = logging.getLogger("foresignal.secrets")


class VaultSecrets:
    """One vault, read with our identity; values are kept in memory for five minutes and nowhere else.

    `bound`: a secret without the tag is sent nowhere. Else it is sent, with a warning: older deployments have no tags.
    """

    def __init__(self, url: str, credential: Any, *, bound: bool = False) -> None:
        self._url = url
        self._bound = bound
        self._warned: set[tuple[str, str]] = set()
        self._credential = credential
        self._client: Any = None
        self._held: dict[str, tuple[float, str, str]] = {}

    async def get(self, name: str, host: str = "") -> str:
        """The value. `host`: where it is about to be sent; PermanentError where it is not for that host."""
        value, tag = await self._read(name)
        if host:
            self._look_at(name, host, tag)
        return value

    def _look_at(self, name: str, host: str, tag: str) -> None:
        if tag and is_for(host, tag):
            return
        how = f"az keyvault secret set-attributes --name {name.replace('_', '-')} --tags {TAG}={host}"
        if tag:
            raise PermanentError(
                f"secret {name} is not for {host}: its tag {TAG} names {tag[:100]}. If {host} is meant, whoever keeps "
                f"the vault says so: {how}"
            )
        if self._bound:
            raise PermanentError(f"secret {name} has no tag {TAG}, so it is sent nowhere. If {host} is meant: {how}")
        if (name, host) not in self._warned:
            self._warned.add((name, host))
            _LOG.warning("secret %s is sent to %s, and no tag says that it is for that host: %s", name, host, how)

    async def _read(self, name: str) -> tuple[str, str]:
        """The value, and what its tag says."""
        at, value, tag = self._held.get(name, (0.0, "", ""))
        if value and time.monotonic() - at < _KEPT:
            return value, tag
        secret = await self._secret(name)
        if secret is None:
            how = f"az keyvault secret set --name {vault_name(name)} --value ..."
            raise PermanentError(f"secret {name} is not in Key Vault; set it: {how}")
        value = (secret.value or "").strip()  # copies end with a newline
        tag = str((secret.properties.tags or {}).get(TAG, "")).strip()
        self._held[name] = (time.monotonic(), value, tag)
        return value, tag

    async def inspect(self, name: str) -> SecretState | None:
        secret = await self._secret(name)
        if secret is None:
            return None
        hosts = str((secret.properties.tags or {}).get(TAG, "")).strip()
        return SecretState(secret.value or "", hosts, secret.properties.expires_on)

    async def _secret(self, name: str) -> Any:
        """The secret of the SDK; None where there is none."""
        try:
            return await self._open().get_secret(vault_name(name))
        except ResourceNotFoundError:
            return None
        except HttpResponseError as error:
            if error.status_code == _REFUSED:
                raise ForbiddenError(
                    f"Key Vault refused {name}: give the app's identity the role Key Vault Secrets User",
                    _code_of(error),
                ) from error
            raise TransientError(f"Key Vault answered {error.status_code} for {name}") from error
        except AzureError as error:
            raise TransientError(f"Key Vault is not to be reached for {name} ({type(error).__name__})") from error

    def _open(self) -> Any:
        if self._client is None:
            from azure.keyvault.secrets.aio import SecretClient

            self._client = SecretClient(self._url, self._credential, retry_total=1)
        return self._client

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()


def _code_of(error: HttpResponseError) -> str:
    """Key Vault's innermost word for what is wrong, such as `ForbiddenByRbac`; empty where it says none."""
    inner = getattr(error.error, "innererror", None) or {}
    code = inner.get("code") if isinstance(inner, dict) else ""
    return str(code or getattr(error.error, "code", None) or "")


def is_for(host: str, tag: str) -> bool:
    """Whether a tag names a host: as it is, or by `*.` and its end; several are parted by commas or blanks."""
    name = host.lower().rstrip(".")
    for entry in re.split(r"[,;\s]+", tag.lower()):
        if entry.startswith("*.") and len(entry) > len("*.a") and name.endswith(entry[1:]):
            return True
        if entry and entry == name:
            return True
    return False
