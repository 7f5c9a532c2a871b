"""What the figures mean and what may be asked, told to whoever may ask."""

from turnout.analytics.periods import MOST_DAYS
from turnout.graphql.bounds import LARGEST_BODY, MOST_ROWS

from .asking import refusal
from .clients import Client

DEFINED = "{ definitions(%s) { metric fields unit version } }"


async def test_definitions_come_by_metric_or_by_field_in_the_order_of_the_catalogue(at_acme: Client) -> None:
    asked = DEFINED % 'metrics: ["storage", "DailyPeak.connectionsInOneEvent", "storage"], language: EN'

    found = (await at_acme.query(asked))["definitions"]

    assert [(one["metric"], one["unit"]) for one in found] == [
        ("peakConnectionsInOneEvent", "connections"),
        ("storage", "bytes"),
    ]
    assert "DiskUsage.usedBytes" in found[1]["fields"]


async def test_the_whole_catalogue_is_there_in_english_and_russian(at_acme: Client) -> None:
    both = await at_acme.query(
        "{ en: definitions { metric meaning } ru: definitions(language: RU) { metric meaning unit counts } }"
    )

    assert [one["metric"] for one in both["en"]] == [one["metric"] for one in both["ru"]]
    assert both["en"][0]["meaning"].startswith("The most connections")
    assert both["ru"][0]["unit"] == "подключения"


async def test_what_is_no_metric_is_refused(at_acme: Client) -> None:
    error = await refusal(at_acme, "definitions", metrics=["peakConnections", "hour"])

    assert (error["code"], error["argument"]) == ("UNKNOWN_METRIC", "metrics")
    assert "peakConnections" in error["hint"]


async def test_the_limits_are_those_that_are_enforced(at_acme: Client) -> None:
    found = (await at_acme.query("{ limits { rows periodDays largestRequest } }"))["limits"]

    assert found == {"rows": MOST_ROWS, "periodDays": MOST_DAYS, "largestRequest": LARGEST_BODY}
    over = f"{{ userStats(period: {{preset: TODAY}}, first: {found['rows'] + 1}) {{ totalCount }} }}"
    assert await at_acme.codes(over) == ["ARGUMENT_OUT_OF_RANGE"]
    most = " " * found["largestRequest"] + "{ __typename }"
    assert (await at_acme.post(most)).status_code == 413
