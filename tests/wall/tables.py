"""Tables: row security, policies, keys, and what is only added to."""

from collections.abc import Iterable

from .lists import (
    NO_USER,
    OF_NO_COMPANY,
    ONLY_ADDED_TO,
    POLICY,
    SEE_ALL,
    SEEN_BY_EVERY_USER,
    SEEN_BY_ONE_USER,
    TABLES,
    UNIQUE_OVER_ALL,
    Admin,
    column,
)


def every_table_of_companies_enables_and_forces_row_security(admin: Admin) -> Iterable[str]:
    query = f"""
        select t.relname from ({TABLES}) t join pg_class c on c.oid = t.oid
        where not (c.relrowsecurity and c.relforcerowsecurity)
    """
    return column(admin, query)


def every_other_table_is_on_the_list_of_those_without_a_company(admin: Admin) -> Iterable[str]:
    query = f"""
        select relname from pg_class
        where relnamespace = 'turnout'::regnamespace and relkind in ('r', 'p', 'f')
          and oid not in (select oid from ({TABLES}) t)
    """
    return column(admin, query) ^ OF_NO_COMPANY


def every_table_of_companies_has_one_policy_for_everybody_which_asks_for_the_company(admin: Admin) -> Iterable[str]:
    query = f"""
        select t.relname from ({TABLES}) t
        left join pg_policies p on p.schemaname = 'turnout' and p.tablename = t.relname and 'public' = any (p.roles)
        group by t.relname
        having count(p.*) <> 1 or not bool_and(
          p.roles = '{{public}}' and p.permissive = 'PERMISSIVE' and p.cmd = 'ALL' and p.qual = %s and p.with_check = %s
        )
    """
    return column(admin, query, POLICY, POLICY)


def every_other_policy_is_on_the_list(admin: Admin) -> Iterable[str]:
    tables = column(admin, f"select relname from ({TABLES}) t")
    listed = {f"{role} on {table}" for role, seen in SEE_ALL.items() for table in seen}
    listed |= {f"turnout_app on {table}" for table in tables - SEEN_BY_EVERY_USER}
    found = """
        select array_to_string(roles, ', ') || ' on ' || tablename from pg_policies
        where schemaname = 'turnout' and not 'public' = any (roles)
    """
    return column(admin, found) ^ (listed | {f"turnout_owner on {table}" for table in tables})


def every_table_hides_from_one_user_what_is_not_on_the_list(admin: Admin) -> Iterable[str]:
    query = """
        select tablename, permissive, cmd, with_check, qual from pg_policies
        where schemaname = 'turnout' and 'turnout_app' = any (roles)
    """
    for table, permissive, command, check, qual in admin.execute(query):
        narrow = all(part in qual for part in SEEN_BY_ONE_USER.get(table, ()))
        asks_first = (
            qual.startswith(f"(\nCASE\n    WHEN ({NO_USER} OR ") if table in SEEN_BY_ONE_USER else qual == NO_USER
        )
        if (permissive, command, check) != ("RESTRICTIVE", "ALL", None) or not (narrow and asks_first):
            yield f"{table}: {qual}"


def no_view_shows_one_user_what_is_everybodys(admin: Admin) -> Iterable[str]:
    query = "select 'current_month' where position(%s in pg_get_viewdef('turnout.current_month'::regclass)) = 0"
    return column(admin, query, NO_USER)


def every_index_and_key_of_a_table_of_companies_begins_with_the_company(admin: Admin) -> Iterable[str]:
    query = f"""
        select i.indexrelid::regclass::text from pg_index i join ({TABLES}) t on t.oid = i.indrelid
        left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where a.attname is distinct from 'company_id'
    """
    return {name.removeprefix("turnout.") for name in column(admin, query)} ^ UNIQUE_OVER_ALL


def every_foreign_key_leads_from_a_company_to_the_same_one(admin: Admin) -> Iterable[str]:
    query = f"""
        select f.conname from pg_constraint f join ({TABLES}) t on t.oid = f.conrelid
        join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
        join pg_attribute b on b.attrelid = f.confrelid and b.attnum = f.confkey[1]
        where f.contype = 'f' and f.connamespace = 'turnout'::regnamespace
          and (a.attname, b.attname) is distinct from ('company_id', 'company_id')
    """
    return column(admin, query)


def what_is_only_added_to_cannot_be_changed_by_anybody(admin: Admin) -> Iterable[str]:
    """Neither by a right nor by putting triggers aside: those that refuse fire whatever the session's role is."""
    query = """
        select c.relname || ': ' || privilege_type || ' to ' || grantee::regrole
        from pg_class c, aclexplode(c.relacl)
        where c.oid = any (%s::regclass[]) and grantee <> c.relowner and privilege_type not in ('SELECT', 'INSERT')
        union all
        select a.name || ': ' || t.tgname || ' ' || t.tgenabled::text
        from unnest(%s::text[]) as a (name) join pg_trigger t on t.tgrelid = a.name::regclass and not t.tgisinternal
    """
    tables = list(ONLY_ADDED_TO)
    expected = {f"{table}: {trigger}" for table, triggers in ONLY_ADDED_TO.items() for trigger in triggers}
    return column(admin, query, tables, tables) ^ expected
