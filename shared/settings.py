"""Where things are: app settings, set by infra/. The only reader of the environment (who and what is the policy)."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.core import names
from shared.core.errors import PermanentError

_UNRESOLVED = "@Microsoft.KeyVault("
_STORAGE = "AzureWebJobsStorage"
NAMES = (
    "AzureWebJobsDisableHomepage",
    f"{_STORAGE}__credential",
    f"{_STORAGE}__clientId",
    f"{_STORAGE}__blobServiceUri",
    f"{_STORAGE}__queueServiceUri",
    f"{_STORAGE}__tableServiceUri",
    "AZURE_CLIENT_ID",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY",
    "PYTHON_APPLICATIONINSIGHTS_LOGGER_NAME",
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS",
    "FORESIGNAL_DEPLOYMENT",
    "FORESIGNAL_PUBLIC_URL",
    "FORESIGNAL_KEY_VAULT_URL",
    "FORESIGNAL_PRIVATE_HOSTS",
    "FORESIGNAL_SECRET_HOSTS",
    "FORESIGNAL_READER",
    "AzureFunctionsJobHost__extensions__queues__maxPollingInterval",
)
"""The app settings that exist; infra/ declares these and no others. Some are for the Functions host itself."""

#: Set to 1 by the sandbox alone: its pages are open to whoever sits at the machine.
LOCAL = "FORESIGNAL_LOCAL"


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """One deployment. Storage is either a connection string (sandbox, tests) or three addresses and an identity.

    `sign_in`: whether App Service's sign-in stands in front of our pages (set by the platform, not by us). `local`: a
    sandbox on a machine of one's own, where whoever can reach the pages may see them. `private_hosts`: names, addresses
    and networks that may be called although they are private. `hosted`: this process runs in App Service.
    `bound_secrets`: a secret goes only to hosts that its tag in Key Vault names. `telemetry`: the worker has set up
    OpenTelemetry. `reader`: what a second reader needs was deployed.
    """

    deployment: str
    public_url: str
    key_vault_url: str = ""
    client_id: str = ""
    connection_string: str = ""
    blob_url: str = ""
    queue_url: str = ""
    table_url: str = ""
    sign_in: bool = False
    local: bool = False
    private_hosts: str = ""
    hosted: bool = False
    bound_secrets: bool = False
    telemetry: bool = False
    reader: bool = False

    @property
    def loopback(self) -> bool:
        """Whether this machine may be called: beside a sandbox, its servers are there. In Azure nothing is."""
        return bool(self.connection_string) and not self.hosted

    @property
    def account(self) -> str:
        """The name of the storage account; empty where nobody knows it."""
        named = re.search(r"AccountName=([a-z0-9]+)", self.connection_string)
        return named[1] if named else _first_label(self.blob_url)

    @property
    def vault(self) -> str:
        """The name of the Key Vault; empty where there is none."""
        return _first_label(self.key_vault_url)

    def __repr__(self) -> str:
        return f"Settings(deployment={self.deployment!r}, public_url={self.public_url!r})"


def _first_label(url: str) -> str:
    label = re.match(r"https://([A-Za-z0-9-]+)\.", url)
    return label[1] if label else ""


def is_unresolved(value: str) -> bool:
    """Whether a value is a Key Vault reference as it is written: App Service puts the secret there, or fails so."""
    return value.startswith(_UNRESOLVED)


def unresolved(environment: Mapping[str, str] | None = None) -> list[str]:
    """The app settings that hold a Key Vault reference as it is written."""
    env = os.environ if environment is None else environment
    return [name for name in NAMES if is_unresolved(env.get(name, ""))]


def missing(environment: Mapping[str, str] | None = None) -> list[str]:
    """The app settings without which there is no deployment."""
    env = os.environ if environment is None else environment
    needed = ["FORESIGNAL_DEPLOYMENT", "FORESIGNAL_PUBLIC_URL"]
    found = [name for name in needed if not env.get(name)]
    if not env.get(_STORAGE):
        found += [_service_names(env, kind)[-1] for kind in ("blob", "queue", "table") if not _service_url(env, kind)]
    return found


def _service_names(env: Mapping[str, str], kind: str) -> tuple[str, ...]:
    """Where the address of a storage service stands: in the app's setting; else, on a machine, in azd's output too."""
    setting = f"{_STORAGE}__{kind}ServiceUri"
    return (setting,) if env.get("WEBSITE_SITE_NAME") else (setting, f"FORESIGNAL_{kind.upper()}_URL")


def _service_url(env: Mapping[str, str], kind: str) -> str:
    return next((url for name in _service_names(env, kind) if (url := env.get(name, ""))), "")


def identity_object_id() -> str:
    """The object id of the deployment's identity, as azd keeps it; empty where nobody set it."""
    return os.environ.get("FORESIGNAL_IDENTITY_PRINCIPAL_ID", "")


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; PermanentError naming every one that is missing or unresolved."""
    env = os.environ if environment is None else environment
    if names := unresolved(env):
        raise PermanentError(
            f"Key Vault references did not resolve: {', '.join(names)}; "
            "give the app's identity the role Key Vault Secrets User and restart it"
        )
    if names := missing(env):
        raise PermanentError(
            f"settings are missing: {', '.join(names)}; in Azure `azd provision` sets them; on your machine run the "
            "lines of docs/deploying.md, step 3; beside a sandbox: --state DIR"
        )
    return Settings(
        deployment=env["FORESIGNAL_DEPLOYMENT"],
        public_url=env["FORESIGNAL_PUBLIC_URL"].rstrip("/"),
        key_vault_url=env.get("FORESIGNAL_KEY_VAULT_URL", ""),
        client_id=env.get("AZURE_CLIENT_ID", ""),
        connection_string=env.get(_STORAGE, ""),
        blob_url=_service_url(env, "blob"),
        queue_url=_service_url(env, "queue"),
        table_url=_service_url(env, "table"),
        sign_in=env.get("WEBSITE_AUTH_ENABLED", "").lower() == "true",
        # WEBSITE_SITE_NAME stands in every app of App Service: there, this setting opens nothing.
        local=env.get(LOCAL, "") == "1" and not env.get("WEBSITE_SITE_NAME"),
        private_hosts=env.get("FORESIGNAL_PRIVATE_HOSTS", ""),
        hosted=bool(env.get("WEBSITE_SITE_NAME")),
        bound_secrets=env.get("FORESIGNAL_SECRET_HOSTS", "").lower() == "required",
        telemetry=env.get("PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY", "").lower() == "true",
        reader=has_reader(env),
    )


def has_reader(environment: Mapping[str, str] | None = None) -> bool:
    """Whether what a second reader needs was deployed."""
    env = os.environ if environment is None else environment
    return env.get("FORESIGNAL_READER", "").lower() == "on"


def deployment_fault(environment: Mapping[str, str] | None = None) -> str:
    """Why no new deployment may be called as FORESIGNAL_DEPLOYMENT says; empty where it may, or is not set."""
    env = os.environ if environment is None else environment
    name = env.get("FORESIGNAL_DEPLOYMENT", "")
    return names.deployment_fault(name) if name else ""


def environment_secret(name: str) -> str:
    """A secret from the environment: the sandbox's and a developer's Key Vault."""
    return os.environ.get(name, "")
