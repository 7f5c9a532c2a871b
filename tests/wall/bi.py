"""Logins of companies for BI: the listed views, and nothing else."""

from collections.abc import Iterable

from .lists import READ_FOR_BI, VIEWS_FOR_BI, Admin, column


def logins_for_bi_are_granted_the_listed_views_and_nothing_else(admin: Admin) -> Iterable[str]:
    query = """
        select n.nspname || '.' || c.relname || ': ' || a.privilege_type || ' to ' || a.grantee::regrole
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        cross join lateral (
          select * from aclexplode(c.relacl)
          union all
          select x.* from pg_attribute t, aclexplode(t.attacl) x where t.attrelid = c.oid
        ) a
        where a.grantee <> c.relowner and (n.nspname = 'bi' or a.grantee::regrole::text ~ '^(turnout_bi$|bi_)')
    """
    return column(admin, query) ^ {f"bi.{view}: SELECT to turnout_bi" for view in VIEWS_FOR_BI}


def views_for_bi_are_barriers_of_an_owner_that_row_security_holds(admin: Admin) -> Iterable[str]:
    query = """
        select c.relname from pg_class c
        where c.relnamespace = 'bi'::regnamespace and not (
          c.relkind = 'v' and c.relowner = 'turnout_bi_owner'::regrole
          and coalesce(c.reloptions = '{security_barrier=true}', false)
        )
    """
    return column(admin, query)


def views_for_bi_read_only_listed_tables(admin: Admin) -> Iterable[str]:
    query = """
        select c.relname from pg_class c
        where c.relnamespace = 'turnout'::regnamespace and c.relkind <> 'S' and c.relkind <> 'i'
          and has_any_column_privilege('turnout_bi_owner', c.oid, 'select, insert, update, references')
    """
    write = """
        select 'writes ' || c.relname from pg_class c
        where c.relnamespace = 'turnout'::regnamespace and c.relkind <> 'S' and c.relkind <> 'i'
          and (
            has_any_column_privilege('turnout_bi_owner', c.oid, 'insert, update, references')
            or has_table_privilege('turnout_bi_owner', c.oid, 'delete, truncate')
          )
    """
    return column(admin, query) ^ READ_FOR_BI | column(admin, write)


def whoever_is_for_bi_owns_and_is_member_of_nothing_else(admin: Admin) -> Iterable[str]:
    query = """
        select m.member::regrole || ' of ' || m.roleid::regrole from pg_auth_members m
        where m.member::regrole::text ~ '^(turnout_bi|bi_)'
          and not (m.member::regrole::text ~ '^bi_' and m.roleid = 'turnout_bi'::regrole and m.inherit_option
            and not m.set_option and not m.admin_option)
          and not (m.member = 'turnout_bi_watch'::regrole and m.roleid::regrole::text ~ '^bi_' and not m.set_option
            and not m.admin_option)
        union all
        select r.rolname || ' owns ' || d.classid::regclass || ' ' || d.objid
        from pg_shdepend d join pg_roles r on r.oid = d.refobjid
        where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o' and r.rolname ~ '^(turnout_bi$|bi_)'
        union all
        select r.rolname from pg_roles r
        where r.rolname ~ '^bi_'
          and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolinherit
            or r.rolconnlimit < 0)
    """
    return column(admin, query)


def nobody_for_bi_creates_anything(admin: Admin) -> Iterable[str]:
    query = """
        select r || ' in ' || n.nspname
        from pg_namespace n, unnest(array['turnout_bi', 'turnout_bi_owner', 'turnout_bi_watch']) r
        where has_schema_privilege(r, n.oid, 'create') and (r, n.nspname) <> ('turnout_bi_owner', 'bi')
        union all
        select r || ' in the database' from unnest(array['turnout_bi', 'turnout_bi_owner', 'turnout_bi_watch']) r
        where has_database_privilege(r, current_database(), 'create, temporary')
    """
    return column(admin, query)


def what_outlives_a_statement_or_tells_of_others_is_closed_to_everybody(admin: Admin) -> Iterable[str]:
    query = """
        select p.oid::regprocedure::text from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        where p.pronamespace = 'pg_catalog'::regnamespace and a.grantee = 0
          and p.proname ~ '^(lo_|lo(read|write)$|pg_(try_)?advisory_|pg_stat_get_|pg_lock_status|pg_.*_size$)'
          and p.proname <> 'pg_column_size'
        union all
        select 'language ' || l.lanname
        from pg_language l, aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) a
        where a.grantee = 0 and l.lanname <> 'sql' and l.lanpltrusted
    """
    return column(admin, query)
