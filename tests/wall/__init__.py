"""The rules of the wall as questions to the catalogue: each function is a rule and says what breaks it.

The questions are asked by a superuser whose search_path is turnout, which decides how Postgres writes a policy down.
"""

from collections.abc import Callable, Iterable, Iterator

from . import bi, functions, roles, tables, views
from .lists import LOGINS, ONLY_ADDED_TO, READ_FOR_BI, SEE_ALL, SEEN_BY_EVERY_USER, TABLES, VIEWS_FOR_BI, Admin, column

__all__ = [
    "LOGINS",
    "ONLY_ADDED_TO",
    "READ_FOR_BI",
    "SEEN_BY_EVERY_USER",
    "SEE_ALL",
    "TABLES",
    "VIEWS_FOR_BI",
    "Admin",
    "breaches",
    "column",
]

Rule = Callable[[Admin], Iterable[str]]

RULES: tuple[Rule, ...] = (
    tables.every_table_of_companies_enables_and_forces_row_security,
    tables.every_other_table_is_on_the_list_of_those_without_a_company,
    tables.every_table_of_companies_has_one_policy_for_everybody_which_asks_for_the_company,
    tables.every_other_policy_is_on_the_list,
    tables.every_table_hides_from_one_user_what_is_not_on_the_list,
    tables.no_view_shows_one_user_what_is_everybodys,
    tables.every_index_and_key_of_a_table_of_companies_begins_with_the_company,
    tables.every_foreign_key_leads_from_a_company_to_the_same_one,
    functions.only_listed_functions_look_beyond_one_company_and_only_one_role_calls_each,
    functions.what_looks_beyond_one_company_belongs_to_auth_and_finds_only_what_it_names,
    functions.everybody_calls_only_the_function_of_the_policies,
    roles.no_role_of_ours_is_above_the_wall,
    roles.no_login_is_a_member_of_anything,
    roles.no_login_owns_anything,
    roles.no_login_creates_anything,
    roles.nobody_is_granted_more_than_rows,
    roles.the_application_has_no_right_to_credentials,
    roles.support_has_no_right_to_what_happened,
    roles.support_writes_a_secret_that_it_cannot_read_and_nothing_else_that_it_cannot,
    roles.auth_reads_no_more_of_what_happened_than_whose_it_is,
    views.views_show_what_their_reader_may_see,
    views.a_view_that_shows_more_than_its_reader_may_see_is_a_barrier_for_one_reader,
    views.the_months_that_the_application_sees_are_those_of_its_company,
    views.no_login_reads_what_row_security_does_not_reach,
    tables.what_is_only_added_to_cannot_be_changed_by_anybody,
    bi.logins_for_bi_are_granted_the_listed_views_and_nothing_else,
    bi.views_for_bi_are_barriers_of_an_owner_that_row_security_holds,
    bi.views_for_bi_read_only_listed_tables,
    bi.whoever_is_for_bi_owns_and_is_member_of_nothing_else,
    bi.nobody_for_bi_creates_anything,
    bi.what_outlives_a_statement_or_tells_of_others_is_closed_to_everybody,
)


def breaches(admin: Admin) -> Iterator[str]:
    """Every rule that is broken, with what breaks it; a rule is asked when the one before it has been read."""
    return (f"{rule.__name__}: {breach}" for rule in RULES for breach in rule(admin))
