"""Functions: which look beyond one company, and who calls them."""

from collections.abc import Iterable

from .lists import DEFINERS, FOR_EVERYBODY, OF_THE_WATCH, Admin, column


def only_listed_functions_look_beyond_one_company_and_only_one_role_calls_each(admin: Admin) -> Iterable[str]:
    query = """
        select p.proname || ' by ' || coalesce(g.grantee::regrole::text, 'nobody') from pg_proc p
        left join lateral (
          select grantee from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) where grantee <> p.proowner
        ) g on true
        where p.prosecdef and p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    """
    return column(admin, query) ^ {f"{name} by {role}" for name, role in DEFINERS.items()}


def what_looks_beyond_one_company_belongs_to_auth_and_finds_only_what_it_names(admin: Admin) -> Iterable[str]:
    query = """
        select proname from pg_proc
        where prosecdef and pronamespace = 'turnout'::regnamespace
          and (
            proowner::regrole::text <> case when proname = any (%s) then 'turnout_bi_watch' else 'turnout_auth' end
            or proconfig is distinct from '{"search_path=turnout, pg_temp"}'
          )
    """
    return column(admin, query, list(OF_THE_WATCH))


def everybody_calls_only_the_function_of_the_policies(admin: Admin) -> Iterable[str]:
    query = """
        select proname from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
        where pronamespace = 'turnout'::regnamespace and grantee = 0
    """
    return column(admin, query) ^ FOR_EVERYBODY
