"""What is allowed: closed lists, each of which a rule holds against the catalogue."""

from typing import Any, LiteralString

from psycopg import Connection

Admin = Connection[Any]

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
    "sign_in_throttled",
}
# Who else may see a table's rows, of all companies.
SEE_ALL = {
    "turnout_support": {
        "company",
        "company_limit",
        "billing_rule",
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
        "segment",
        "billing_close",
        "closing_mark",
        "activation_link",
        "embed_token",
        "sql_login",
        "support_access",
        "audit",
        "alert_rule",
        "alert_delivery",
        "alert_turn",
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
    "look_at_session": "turnout_app",
    "list_sessions": "turnout_app",
    "end_session": "turnout_app",
    "end_other_sessions": "turnout_app",
    "find_password_of_session": "turnout_app",
    "change_password": "turnout_app",
    "rehash_password": "turnout_app",
    "find_link": "turnout_app",
    "use_link": "turnout_app",
    "admit_sign_in": "turnout_app",
    "knows_sign_in": "turnout_app",
    "settle_sign_in": "turnout_app",
    "note_throttled_sign_ins": "turnout_app",
    "find_key": "turnout_app",
    "open_embed_token": "turnout_app",
    "find_embed_token": "turnout_app",
    "own_events": "turnout_app",
    "own_stored": "turnout_app",
    "find_support_access": "turnout_app",
    "generations_to_refresh": "turnout_refresher",
    "companies_to_tell": "turnout_refresher",
    "billing_calendars": "turnout_refresher",
    "watch_sql_logins": "turnout_refresher",
    "sql_login_sessions": "turnout_support",
}
# They belong to turnout_auth, but for those that look after the logins for BI.
OF_THE_WATCH = {"watch_sql_logins", "sql_login_sessions"}
# What companies' logins for BI see, and the tables that these views read.
VIEWS_FOR_BI = {
    "client_stat",
    "closed_period",
    "company_limit",
    "daily_peak",
    "day_total",
    "device_day",
    "disk_usage",
    "event_day",
    "event_stat",
    "freshness",
    "hour_peak",
    "limit_use_day",
    "media_day",
    "month_summary",
    "pending_day",
    "room_day",
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
    "peak_day",
    "device_day",
    "room_day",
    "post_day",
    "hour_day",
    "recording_day",
    "feature_day",
    "media_day",
    "quality_day",
    "sampled_stay_day",
    "level_day",
    "billing_close",
    "billing_figure",
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
OVER_MATERIALIZED = {
    "current_month": "turnout_app",
    "operator_overview": "turnout_support",
    "overview_of_days": "",
    "late_months": "turnout_refresher",
}
MATERIALIZED = ("company_month", "company_overview")
# Tables of which nothing is changed, with their triggers and when each fires: O by default, A always.
ONLY_ADDED_TO = {
    "audit": {"chain O", "no_change A", "no_removal A"},
    "staff_audit": {"chain O", "no_change A"},
    "billing_close": {"no_change A", "no_removal A"},
    "billing_figure": {"no_change A", "no_removal A"},
}
FOR_EVERYBODY = {"current_company", "current_user_key", "company_of_login"}
SECRETS = {
    "company_password",
    "company_session",
    "activation_link",
    "sign_in_throttle",
    "sign_in_bucket",
    "sign_in_throttled",
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
    **dict.fromkeys(("stored", "recording_run"), ("own_stored", "own_events")),
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


def column(admin: Admin, query: LiteralString, *parameters: object) -> set[str]:
    return {value for (value,) in admin.execute(query, parameters or None)}
