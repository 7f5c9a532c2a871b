"""The rules of the wall as questions to the catalogue: each function is a rule and says what breaks it.

The questions are asked by a superuser whose search_path is turnout, which decides how Postgres writes a policy down.
"""

from collections.abc import Callable, Iterable
from typing import Any, LiteralString

from psycopg import Connection

Admin = Connection[Any]
Rule = Callable[[Admin], Iterable[str]]

LOGINS = ("turnout_app", "turnout_refresher", "turnout_support")
# What has no company: the calendar, and what migrating remembers.
OF_NO_COMPANY = {
    "local_day",
    "alembic_version",
    "schema_digest",
    "staff",
    "staff_session",
    "staff_audit",
    "sign_in_throttle",
    "sign_in_bucket",
}
# Who else may see a table's rows, of all companies.
SEE_ALL = {
    "turnout_support": {
        "company",
        "company_limit",
        "company_password",
        "company_session",
        "api_key",
        "rollup_generation",
        "activation_link",
        "support_access",
        "sql_login",
        "audit",
    },
    "turnout_auth": {
        "company",
        "company_password",
        "company_session",
        "api_key",
        "mark",
        "rollup_generation",
        "activation_link",
        "embed_token",
        "sql_login",
        "support_access",
        "audit",
    },
    "turnout_bi_watch": {"company", "sql_login"},
}
# Unique over all companies, and no oracle: only support chooses a slug, and a digest is of 190 random bits or more.
UNIQUE_OVER_ALL = {
    "company_slug_key",
    "company_session_digest_key",
    "api_key_digest_key",
    "activation_link_digest_key",
    "embed_token_digest_key",
    "sql_login_role_name_key",
    "support_access_digest_key",
}
# What may look beyond one company, and who may call it; the policies call the first.
DEFINERS = {
    "company_of_login": "-",
    "find_passwords": "turnout_app",
    "open_session": "turnout_app",
    "find_session": "turnout_app",
    "list_sessions": "turnout_app",
    "end_session": "turnout_app",
    "end_other_sessions": "turnout_app",
    "find_password_of_session": "turnout_app",
    "change_password": "turnout_app",
    "rehash_password": "turnout_app",
    "find_link": "turnout_app",
    "use_link": "turnout_app",
    "admit_sign_in": "turnout_app",
    "settle_sign_in": "turnout_app",
    "find_key": "turnout_app",
    "open_embed_token": "turnout_app",
    "find_embed_token": "turnout_app",
    "own_events": "turnout_app",
    "own_stored": "turnout_app",
    "find_support_access": "turnout_app",
    "generations_to_refresh": "turnout_refresher",
    "watch_sql_logins": "turnout_refresher",
    "sql_login_sessions": "turnout_support",
}
# They belong to turnout_auth, but for those that look after the logins for BI.
OF_THE_WATCH = {"watch_sql_logins", "sql_login_sessions"}
# What companies' logins for BI see, and the tables that these views read.
VIEWS_FOR_BI = {
    "client_stat",
    "company_limit",
    "daily_peak",
    "day_total",
    "disk_usage",
    "event_day",
    "event_stat",
    "freshness",
    "month_summary",
    "pending_day",
    "user_stat",
}
READ_FOR_BI = {
    "company",
    "company_limit",
    "rollup_generation",
    "local_day",
    "mark",
    "company_day",
    "section_day",
    "event_day",
    "owner_day",
    "person_day",
    "storage_day",
    "sign_in_day",
    "event",
    "stay",
    "person",
    "registration",
    "room",
    "stored",
}
# What one of these reads of what happened, always of the company that is set: which event or file is whose.
READ_BY_AUTH = {
    "event": {"company_id", "event_id", "top_id", "breakout_of", "resolved_owner_key"},
    "stored": {"company_id", "stored_id", "event_id", "owner_key"},
}
# Views over what row security does not reach, and the one role that reads each; the last is only read by others.
OVER_MATERIALIZED = {"current_month": "turnout_app", "operator_overview": "turnout_support", "overview_of_days": ""}
MATERIALIZED = ("company_month", "company_overview")
# Tables of which nothing is changed, with their triggers and when each fires: O by default, A always.
ONLY_ADDED_TO = {"audit": {"chain O", "no_change A", "no_removal A"}, "staff_audit": {"chain O", "no_change A"}}
FOR_EVERYBODY = {"current_company", "current_user_key", "company_of_login"}
SECRETS = {
    "company_password",
    "company_session",
    "activation_link",
    "sign_in_throttle",
    "sign_in_bucket",
    "api_key",
    "alembic_version",
    "schema_digest",
}
POLICY = "(company_id = ( SELECT current_company() AS current_company))"

# What one user sees in a table of companies: by default nothing. Of these everything: nothing in them is a person's.
SEEN_BY_EVERY_USER = {"company", "company_secret", "rollup_generation", "mark", "company_day"}
# And of these what is the user's own, by a predicate that names it.
SEEN_BY_ONE_USER = {
    **dict.fromkeys(("event", "event_day", "stay"), ("own_events",)),
    **dict.fromkeys(("owner_day", "storage_day"), ("owner_key = ( SELECT current_user_key()",)),
    "room": ("own_rooms",),
    "stored": ("own_stored", "own_events"),
    **dict.fromkeys(("stored_version", "stored_signal"), ("own_stored",)),
    "person": ("key = ( SELECT current_user_key()", "namespace = 'USER'"),
    **dict.fromkeys(("person_day", "registration", "user_signal", "sign_in", "sign_in_day"), ("own_person",)),
}
NO_USER = "(( SELECT current_user_key() AS current_user_key) IS NULL)"

TABLES: LiteralString = """
    select c.oid, c.relname from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
    where c.relnamespace = 'turnout'::regnamespace and c.relkind in ('r', 'p')
"""


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


RULES: tuple[Rule, ...] = (
    every_table_of_companies_enables_and_forces_row_security,
    every_other_table_is_on_the_list_of_those_without_a_company,
    every_table_of_companies_has_one_policy_for_everybody_which_asks_for_the_company,
    every_other_policy_is_on_the_list,
    every_table_hides_from_one_user_what_is_not_on_the_list,
    no_view_shows_one_user_what_is_everybodys,
    every_index_and_key_of_a_table_of_companies_begins_with_the_company,
    every_foreign_key_leads_from_a_company_to_the_same_one,
    only_listed_functions_look_beyond_one_company_and_only_one_role_calls_each,
    what_looks_beyond_one_company_belongs_to_auth_and_finds_only_what_it_names,
    everybody_calls_only_the_function_of_the_policies,
    no_role_of_ours_is_above_the_wall,
    no_login_is_a_member_of_anything,
    no_login_owns_anything,
    no_login_creates_anything,
    nobody_is_granted_more_than_rows,
    the_application_has_no_right_to_credentials,
    support_has_no_right_to_what_happened,
    support_writes_a_secret_that_it_cannot_read_and_nothing_else_that_it_cannot,
    auth_reads_no_more_of_what_happened_than_whose_it_is,
    views_show_what_their_reader_may_see,
    a_view_that_shows_more_than_its_reader_may_see_is_a_barrier_for_one_reader,
    the_months_that_the_application_sees_are_those_of_its_company,
    no_login_reads_what_row_security_does_not_reach,
    what_is_only_added_to_cannot_be_changed_by_anybody,
    logins_for_bi_are_granted_the_listed_views_and_nothing_else,
    views_for_bi_are_barriers_of_an_owner_that_row_security_holds,
    views_for_bi_read_only_listed_tables,
    whoever_is_for_bi_owns_and_is_member_of_nothing_else,
    nobody_for_bi_creates_anything,
    what_outlives_a_statement_or_tells_of_others_is_closed_to_everybody,
)


def breaches(admin: Admin) -> list[str]:
    """Every rule that is broken, with what breaks it."""
    return [f"{rule.__name__}: {breach}" for rule in RULES for breach in rule(admin)]


def column(admin: Admin, query: LiteralString, *parameters: object) -> set[str]:
    return {value for (value,) in admin.execute(query, parameters or None)}
