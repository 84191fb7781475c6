"""Message Center: a tenant's announcements, through Graph."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from shared.adapters.clients.graph import Graph, Question
from shared.core.policy.model import Tenant

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation
    from msgraph.graph_service_client import GraphServiceClient

_PAGE = 1000
"""The most that Graph gives in one page; its default is 100, and 240 requests a minute are allowed."""


class MessageCenter:
    """The port `Feed`."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def pages(self, name: str, tenant: Tenant) -> AsyncIterator[list[Mapping[str, Any]]]:
        return self._graph.pages(name, tenant, _ANNOUNCEMENTS)

    async def try_read(self, name: str, tenant: Tenant) -> float | None:
        """Read one post. By how many seconds Graph's clock is ahead of ours; errors as Feed."""
        await self._graph.ask(name, tenant, _ONE)
        return self._graph.ahead


def _messages(client: "GraphServiceClient", page: int = _PAGE) -> "RequestInformation":
    from kiota_abstractions.base_request_configuration import RequestConfiguration

    configuration: RequestConfiguration[Any] = RequestConfiguration()
    configuration.headers.add("Prefer", f"odata.maxpagesize={page}")
    return client.admin.service_announcement.messages.to_get_request_information(configuration)


_ANNOUNCEMENTS = Question("its Message Center posts", "ServiceMessage.Read.All", _messages)
_ONE = Question("its Message Center posts", "ServiceMessage.Read.All", lambda client: _messages(client, 1))
