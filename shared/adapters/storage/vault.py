"""Key Vault behind the port `Secrets`: a secret's name in the policy is its name there, `_` written as `-`."""

import time
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError

from shared.core.errors import PermanentError, TransientError

_KEPT = 300.0  # seconds: a rotated secret is in use five minutes later
_REFUSED = 403


class VaultSecrets:
    """One vault, read with our identity; values are kept in memory for five minutes and nowhere else."""

    def __init__(self, url: str, credential: Any) -> None:
        self._url = url
        self._credential = credential
        self._client: Any = None
        self._held: dict[str, tuple[float, str]] = {}

    async def get(self, name: str) -> str:
        at, value = self._held.get(name, (0.0, ""))
        if value and time.monotonic() - at < _KEPT:
            return value
        vault_name = name.replace("_", "-")
        try:
            value = ((await self._open().get_secret(vault_name)).value or "").strip()  # copies end with a newline
        except ResourceNotFoundError as error:
            raise PermanentError(
                f"secret {name} is not in Key Vault; set it: az keyvault secret set --name {vault_name} --value ..."
            ) from error
        except HttpResponseError as error:
            if error.status_code == _REFUSED:
                raise TransientError(
                    f"Key Vault refused {name}: give the app's identity the role Key Vault Secrets User"
                ) from error
            raise TransientError(f"Key Vault answered {error.status_code} for {name}") from error
        except AzureError as error:
            raise TransientError(f"Key Vault is not to be reached for {name} ({type(error).__name__})") from error
        self._held[name] = (time.monotonic(), value)
        return value

    def _open(self) -> Any:
        if self._client is None:
            from azure.keyvault.secrets.aio import SecretClient

            self._client = SecretClient(self._url, self._credential, retry_total=1)
        return self._client

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
