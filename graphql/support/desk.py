"""The question of support: who asks, companies, and staff."""

import strawberry

from turnout.graphql.figures import figure
from turnout.graphql.support import overview
from turnout.graphql.support.arguments import Slug
from turnout.graphql.support.company import Company
from turnout.graphql.support.context import Info
from turnout.graphql.support.staff import Member, StaffMember
from turnout.tenants.companies import ListedCompany, show_company
from turnout.tenants.staff import ListedStaff, list_staff
from turnout.tenants.staff_sessions import Member as SignedIn


def _member(info: Info) -> SignedIn:
    return info.context.signed_in()


async def _company(info: Info, slug: Slug) -> ListedCompany:
    return await info.context.read(lambda session: show_company(session, slug))


async def _staff(info: Info) -> list[ListedStaff]:
    return await info.context.read(list_staff)


@strawberry.type(description="What support sees.")
class Support:
    """A row without columns."""

    member: Member = figure(Member, _member, "Who asks.")
    company: Company = figure(Company, _company, "One company; an unknown slug is an error.")
    companies = overview.companies
    staff: list[StaffMember] = figure(list[StaffMember], _staff, "Every account of support, by name.")


@strawberry.field(description="What support sees. Needs the token of a member of support.")
def support(info: Info) -> Support:
    """Whatever is asked below."""
    info.context.signed_in()
    return Support()
