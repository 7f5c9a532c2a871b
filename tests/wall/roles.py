"""Roles: what they are, own and may do."""

from collections.abc import Iterable

from .lists import LOGINS, MATERIALIZED, READ_BY_AUTH, SECRETS, SEE_ALL, TABLES, Admin, column


def no_role_of_ours_is_above_the_wall(admin: Admin) -> Iterable[str]:
    query = """
        select rolname from pg_roles
        where rolname like 'turnout\\_%%' and (
          rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
          or rolcanlogin <> (rolname = any (%s))
        )
    """
    return column(admin, query, list(LOGINS))


def no_login_is_a_member_of_anything(admin: Admin) -> Iterable[str]:
    query = """
        select member::regrole::text || ' of ' || roleid::regrole from pg_auth_members
        where member::regrole::text = any (%s)
    """
    return column(admin, query, list(LOGINS))


def no_login_owns_anything(admin: Admin) -> Iterable[str]:
    query = """
        select r.rolname || ' owns ' || d.classid::regclass || ' ' || d.objid
        from pg_shdepend d join pg_roles r on r.oid = d.refobjid
        where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o' and r.rolname = any (%s)
    """
    return column(admin, query, list(LOGINS))


def no_login_creates_anything(admin: Admin) -> Iterable[str]:
    query = """
        select r || ' in ' || n.nspname from pg_namespace n, unnest(%s::text[]) r
        where has_schema_privilege(r, n.oid, 'create')
        union all
        select r || ' in the database' from unnest(%s::text[]) r
        where has_database_privilege(r, current_database(), 'create, temporary')
    """
    return column(admin, query, list(LOGINS), list(LOGINS))


def nobody_is_granted_more_than_rows(admin: Admin) -> Iterable[str]:
    """TRUNCATE, REFERENCES, TRIGGER and MAINTAIN know no row security."""
    query = """
        select c.relname || ': ' || privilege_type || ' to ' || grantee::regrole
        from pg_class c, aclexplode(c.relacl)
        where c.relnamespace = 'turnout'::regnamespace and grantee <> c.relowner and (
          privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
          or grantee = 0 or is_grantable or c.relkind = 'S'
        )
    """
    return column(admin, query) ^ {f"{view}: MAINTAIN to turnout_refresher" for view in MATERIALIZED}


def the_application_has_no_right_to_credentials(admin: Admin) -> Iterable[str]:
    query = """
        select c.relname from pg_class c
        where c.relnamespace = 'turnout'::regnamespace and c.relname = any (%s)
          and has_any_column_privilege('turnout_app', c.oid, 'select, insert, update')
    """
    return column(admin, query, list(SECRETS))


def support_has_no_right_to_what_happened(admin: Admin) -> Iterable[str]:
    query = f"""
        select t.relname from ({TABLES}) t
        where has_any_column_privilege('turnout_support', t.oid, 'select, update, references')
    """
    return column(admin, query) - SEE_ALL["turnout_support"]


def support_writes_a_secret_that_it_cannot_read_and_nothing_else_that_it_cannot(admin: Admin) -> Iterable[str]:
    query = f"""
        select t.relname from ({TABLES}) t where has_any_column_privilege('turnout_support', t.oid, 'insert')
    """
    return column(admin, query) - SEE_ALL["turnout_support"] ^ {"company_secret"}


def auth_reads_no_more_of_what_happened_than_whose_it_is(admin: Admin) -> Iterable[str]:
    query = f"""
        select t.relname || '.' || a.attname from ({TABLES}) t join pg_attribute a on a.attrelid = t.oid
        where a.attnum > 0 and has_column_privilege('turnout_auth', t.oid, a.attnum, 'select') and t.relname <> all (%s)
    """
    return column(admin, query, list(SEE_ALL["turnout_auth"])) ^ {
        f"{table}.{name}" for table, names in READ_BY_AUTH.items() for name in names
    }
