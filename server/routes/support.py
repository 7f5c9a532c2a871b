"""POST /support/graphql: the way in for support staff. What companies sign in with is unknown here."""

from starlette.requests import Request
from starlette.responses import Response

from turnout.graphql.support.context import SupportContext
from turnout.graphql.support.schema import support_schema
from turnout.server.routes.callers import caller_of
from turnout.server.routes.graphql import Endpoint, unknown_credential
from turnout.server.services import Services
from turnout.tenants.authentication import bearer
from turnout.tenants.desk import Desk
from turnout.tenants.staff_sessions import Member, find_member


class SupportGraphQL(Endpoint[SupportContext]):
    """The way in for support staff."""

    def __init__(self, services: Services, desk: Desk) -> None:
        super().__init__("/support/graphql", support_schema, services)
        self._desk = desk

    async def _context(self, request: Request) -> SupportContext:
        services, header = self._services, request.headers.get("authorization")
        token = bearer(header)
        member = await self._member(token) if header is not None else None
        return SupportContext(
            self._desk,
            services.door,
            services.refresher,
            services.clock,
            caller_of(request),
            member,
            token,
            services.rates,
        )

    def _with_headers(self, request: Request, context: SupportContext, response: Response) -> Response:
        """The answer, with what the session has left."""
        if context.member:
            response.headers.update(self._services.rates.headers(context.member))
        return response

    async def _member(self, token: str | None) -> Member:
        now = self._services.clock()
        member = await self._desk.run(lambda session: find_member(session, token, now)) if token else None
        if member is None:
            raise unknown_credential()
        return member
