"""What the schema declares to belong to people, and that it leaves nothing undeclared."""

import pytest

from turnout.graphql.people import MARK, Disguise, declaration, personal_columns

from .asking import QUERY
from .personal import LISTS, NAMED, NAMING, asking, columns, is_text, rows_of, texts


def test_every_text_says_whether_it_belongs_to_people() -> None:
    undeclared = [name for name, field in texts() if MARK not in field.extensions["strawberry-definition"].metadata]

    assert undeclared == []


def test_every_argument_of_a_question_that_is_a_text_says_whether_it_names_people() -> None:
    undeclared = [
        f"{name}({argument})"
        for name, argument, described in asking()
        if is_text(described) and MARK not in described.extensions["strawberry-definition"].metadata
    ]

    assert undeclared == []
    assert {argument for _, argument in NAMING} == NAMED.keys()


def test_these_fields_belong_to_people() -> None:
    personal = {name for name, field in texts() if isinstance(declaration(field), Disguise)}

    assert personal == {
        "AlertDelivery.email",
        "AlertTarget.email",
        "ApiKey.addresses",
        "ApiKey.label",
        "ApiKey.userId",
        "AuditDetail.value",
        "AuditEntry.address",
        "AuditEntry.name",
        "AuditEntry.userAgent",
        "DeclaredSegment.externalId",
        "DeclaredSegment.metadataValue",
        "DeclaredSegment.roomPrefix",
        "DiskUsage.name",
        "DiskUsage.userId",
        "EventStat.eventId",
        "EventStat.ownerId",
        "EventStat.ownerName",
        "EventStat.room",
        "EventStat.roomId",
        "EventStat.title",
        "HostArrivals.name",
        "HostArrivals.userId",
        "MetadataEntry.value",
        "Participant.breakoutId",
        "Participant.eventId",
        "Participant.externalId",
        "Participant.name",
        "Participant.title",
        "Participant.userId",
        "PeakEvent.eventId",
        "PeakEvent.ownerId",
        "PeakEvent.ownerName",
        "PeakEvent.room",
        "PeakEvent.roomId",
        "PeakEvent.title",
        "PeakOwner.name",
        "PeakOwner.userId",
        "PeakStay.eventId",
        "PeakStay.externalId",
        "PeakStay.name",
        "PeakStay.userId",
        "PlannedEvents.name",
        "PlannedEvents.userId",
        "RoomStat.name",
        "RoomStat.ownerId",
        "RoomStat.roomId",
        "StayActivity.connectionId",
        "StayActivity.eventId",
        "StayActivity.externalId",
        "StayActivity.name",
        "StayActivity.room",
        "StayActivity.roomId",
        "StayActivity.title",
        "StayActivity.userId",
        "UserStat.name",
        "UserStat.userId",
    }


@pytest.mark.parametrize("name", LISTS)
def test_the_columns_of_a_list_are_named_as_its_fields_so_that_none_is_overlooked(name: str) -> None:
    fields = {field.extensions["strawberry-definition"].python_name.upper() for field in rows_of(name).values()}

    assert columns(name) <= fields
    assert personal_columns(QUERY.fields[name]) <= columns(name)
