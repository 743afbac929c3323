"""Are the candidatures of the demonstration what they say? Made by the real actions: a section in every state, then a certificate."""

from __future__ import annotations

from datetime import timedelta

import pytest

from convergence.candidatures.models import Candidature, Step
from convergence.candidatures.sections import evidence_sheet
from convergence.certificates.models import Certificate
from foundation.files.models import StoredFile
from ops import demo


@pytest.mark.slow  # ninety files are deposited, and two papers sealed twice
def test_a_newcomer_finds_a_certification_under_way(cast, at):
    day = at - timedelta(days=40)
    demo.seat(demo.OFFICES, day)
    demo._certification(day)
    found = Candidature.objects.select_related("enrolment__subject__company").get(state="under_way")
    assert {step.code: step.state for step in Step.objects.filter(candidature=found)} == {
        "recevabilite": "accepted",
        "convention": "accepted",
        "depot-preuves": "open",
        "decision": "locked",
    }
    sections = {
        str(one.asked.section.short): (one.state, one.filled, one.expected) for one in evidence_sheet(found, "depot-preuves").sections
    }
    assert sections == {
        "INS": ("open", 12, 29),
        "PORT": ("accepted", 1, 1),
        "PGSSI-S IEU": ("open", 0, 13),
        "ADM": ("changes_requested", 1, 1),
        "RGPD": ("submitted", 1, 1),
    }
    assert set(StoredFile.objects.values_list("state", flat=True)) == {"clean"}
    certificate = Certificate.objects.select_related("candidature__enrolment__subject").get()
    assert (certificate.candidature.state, certificate.candidature.enrolment.subject.name) == ("completed", "GlycéSuivi [Mobile]")
    assert certificate.issued_on < at.date()
    assert certificate.valid_until == certificate.issued_on.replace(year=certificate.issued_on.year + 1)
