"""From where a request came."""

from typing import Final

from starlette.requests import HTTPConnection

from turnout.tenants.addresses import plain_address
from turnout.tenants.caller import Caller

LONGEST_AGENT: Final = 200


def caller_of(request: HTTPConnection) -> Caller:
    """The client of a request, as the connection and its headers have it."""
    agent = request.headers.get("user-agent")
    address = plain_address(request.client.host) if request.client else None
    return Caller(address, agent and agent[:LONGEST_AGENT], request.state.request_id)
