"""A new version of a product takes the dates of the one before, as drafts; its source is left as it was."""

from __future__ import annotations

from datetime import timedelta

from convergence.catalogue.actions import start_product_version
from convergence.catalogue.models import Subject
from convergence.projections.models import Outlook, PlannedTarget, ProjectionValidation
from tests.factories.catalogue import ARCHITECTURE, SOCLES, again, answered, enrolled, product_at, validated
from tests.factories.projections import planned, projected, projection


def test_the_dates_come_as_drafts_behind_an_evaluation_to_be_validated(cast, at):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="medium"), enrolment, cast.claire, at)
    held = projection(enrolment, ARCHITECTURE, cast.claire, at)
    planned(held, enrolment, {"ILL-URB-03": {"high": "2027-T3"}, "ILL-URB-01": {"high": "2028-T1"}}, cast.claire, at)
    planned(held, enrolment, {"ILL-URB-01": {}}, cast.claire, at)  # emptied since
    projected(held, enrolment, cast.claire, at)
    later = at + timedelta(days=3)
    event = start_product_version(enrolment.subject, "4.0", by=cast.claire, at=later)
    carried = PlannedTarget.objects.filter(projection__subject=event.subject)
    assert [(one.criterion, one.quarters, one.version, one.saved_at) for one in carried] == [("ILL-URB-03", {"high": "2027-T3"}, 1, later)]
    told = Outlook.objects.get(enrolment__subject=event.subject, questionnaire=ARCHITECTURE)
    assert (told.status, told.prospect, told.validated_at) == ("closed", "unknown", None)
    assert ProjectionValidation.objects.count() == 1
    assert PlannedTarget.objects.filter(projection=held).count() == 2
    assert again(enrolment.subject).version == "3.2"
    subject = Subject.objects.get(pk=event.subject)
    assert Outlook.objects.filter(enrolment__subject=subject).count() == 3
