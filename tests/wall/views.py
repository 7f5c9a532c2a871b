"""Views: what they show, and to whom."""

from collections.abc import Iterable

from .lists import LOGINS, OVER_MATERIALIZED, Admin, column


def views_show_what_their_reader_may_see(admin: Admin) -> Iterable[str]:
    query = """
        select relname from pg_class
        where relnamespace = 'turnout'::regnamespace and relkind = 'v'
          and not coalesce(reloptions @> '{security_invoker=true}', false)
    """
    return column(admin, query) ^ OVER_MATERIALIZED.keys()


def a_view_that_shows_more_than_its_reader_may_see_is_a_barrier_for_one_reader(admin: Admin) -> Iterable[str]:
    query = """
        select c.relname || ' for ' || coalesce(string_agg(a.grantee::regrole::text, ', '), 'nobody')
          || case when coalesce(c.reloptions @> '{security_barrier=true}', false) then '' else ' without a barrier' end
        from pg_class c
        left join lateral (select grantee from aclexplode(c.relacl) where grantee <> c.relowner) a on true
        where c.relnamespace = 'turnout'::regnamespace and c.relkind = 'v'
        group by c.oid, c.relname, c.reloptions
    """
    expected = {
        f"{view} for {reader}" if reader else f"{view} for nobody without a barrier"
        for view, reader in OVER_MATERIALIZED.items()
    }
    return column(admin, query) ^ expected


def the_months_that_the_application_sees_are_those_of_its_company(admin: Admin) -> Iterable[str]:
    query = "select 'current_month' where position(%s in pg_get_viewdef('turnout.current_month'::regclass)) = 0"
    return column(admin, query, "(m.company_id = ( SELECT current_company() AS current_company))")


def no_login_reads_what_row_security_does_not_reach(admin: Admin) -> Iterable[str]:
    """Materialized views have none, and a partition read by its own name has not its table's."""
    query = """
        select c.relname from pg_class c, unnest(%s::text[]) r
        where c.relnamespace = 'turnout'::regnamespace and (c.relkind in ('m', 'f') or c.relispartition)
          and has_any_column_privilege(r, c.oid, 'select, insert, update, references')
    """
    return column(admin, query, list(LOGINS))
