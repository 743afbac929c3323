"""What an installation older than the requests of two matters is given: what was sent back says what followed it."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.db import connection

from convergence.assessments.actions import request_validation, send_back_validation
from convergence.assessments.models import ValidationRequest
from convergence.catalogue.actions import grant_rights
from tests.factories.catalogue import ARCHITECTURE, INTEROPERABILITY, SECURITY, SOCLES, answered, enrolled, product_at, validated

FOLLOWED = import_module("convergence.assessments.migrations.0004_request_of_a_matter").FOLLOWED


def test_the_migration_finds_what_the_actions_write(cast, at):
    """Sent back then asked again, sent back then validated, sent back and nothing since."""
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    later = at + timedelta(hours=1)
    for key in (ARCHITECTURE, INTEROPERABILITY, SECURITY):
        assessment = answered(enrolment, key, cast.karim, at)
        request_validation(assessment, enrolment, by=cast.karim, at=at)
        send_back_validation(assessment, "À reprendre.", by=cast.claire, at=at + timedelta(minutes=5))
        if key == ARCHITECTURE:
            request_validation(assessment, enrolment, by=cast.karim, at=later)
        if key == INTEROPERABILITY:
            validated(assessment, enrolment, cast.claire, later)
    told = list(ValidationRequest.objects.order_by("pk").values_list("state", "followed_at"))
    assert told == [("sent_back", later), ("pending", None), ("sent_back", later), ("sent_back", None)]
    ValidationRequest.objects.update(followed_at=None)
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWED)
    assert list(ValidationRequest.objects.order_by("pk").values_list("state", "followed_at")) == told
