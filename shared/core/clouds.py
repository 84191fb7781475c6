"""Each cloud: where its tenants sign in, where its Microsoft Graph is, what a federated credential is for there."""

from collections.abc import Mapping
from typing import NamedTuple

from shared.core.terms import Cloud


class CloudHosts(NamedTuple):
    """`login`, `graph`: hosts. `exchange`: the audience of a federated credential."""

    login: str
    graph: str
    exchange: str


_PUBLIC = CloudHosts("login.microsoftonline.com", "graph.microsoft.com", "api://AzureADTokenExchange")
_GOVERNMENT = CloudHosts("login.microsoftonline.us", "graph.microsoft.us", "api://AzureADTokenExchangeUSGov")
CLOUDS: Mapping[Cloud, CloudHosts] = {
    "worldwide": _PUBLIC,
    "gcc": _PUBLIC,
    "gcch": _GOVERNMENT,
    "dod": _GOVERNMENT._replace(graph="dod-graph.microsoft.us"),
    "china": CloudHosts("login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn", "api://AzureADTokenExchangeChina"),
}


def consent_url(cloud: Cloud, tenant_id: str, client_id: str) -> str:
    """Where an administrator of the tenant lets the app in."""
    return f"https://{CLOUDS[cloud].login}/{tenant_id}/adminconsent?client_id={client_id}"
