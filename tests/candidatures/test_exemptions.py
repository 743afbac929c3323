"""« Sans objet »: where the content says that it may be, with a reason; the reviewer judges."""

from __future__ import annotations

import pytest

from convergence.candidatures.actions import declare_exemption, submit_section, withdraw_exemption
from convergence.candidatures.models import Step, Submission
from foundation.files.purposes import purposes
from tests.factories.files import TERMS, terms_of_test
from tests.factories.sections import give_proof, hand_over, proofs_step, proving, section
from tests.refusals import refused, remembered


@pytest.fixture
def candidature(cast, at, db, monkeypatch):
    monkeypatch.setitem(purposes, TERMS, terms_of_test)
    return proving(cast.claire, cast.ines, at)


def test_a_requirement_without_object_expects_no_proof(cast, at, candidature):
    with remembered("candidatures.ExemptionDeclared") as entries:
        declare_exemption(proofs_step(candidature), "ILL-L 2", " Pas de feux. ", by=cast.claire, at=at)
    assert "Pas de feux" not in entries[0].body
    assert section(candidature).filled == 1
    for slot in ("ILL-L 1.1.1", "ILL-L 1.1.2"):
        give_proof(candidature, slot, cast.claire, at)
    submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
    assert Submission.objects.get(section="lights").values["exempt"] == {"ILL-L 2": "Pas de feux."}


def test_a_scenario_without_object_leaves_the_others(cast, at, candidature):
    declare_exemption(proofs_step(candidature), "ILL-M 1.2", "Il ne chauffe pas.", by=cast.claire, at=at)
    found = section(candidature, "engine").requirements[0]
    assert [proof.code for proof in found.expected] == ["ILL-M 1.1.1"]
    with remembered():
        declare_exemption(proofs_step(candidature), "ILL-M 1.2", "Il ne chauffe pas.", by=cast.claire, at=at)
    with remembered("candidatures.ExemptionWithdrawn"):
        withdraw_exemption(proofs_step(candidature), "ILL-M 1.2", by=cast.claire, at=at)
    with remembered():
        withdraw_exemption(proofs_step(candidature), "ILL-M 1.2", by=cast.claire, at=at)
    assert [proof.code for proof in section(candidature, "engine").requirements[0].expected] == ["ILL-M 1.1.1", "ILL-M 1.2.1"]


def test_what_keeps_it_from_being_declared(cast, at, candidature):
    step = proofs_step(candidature)
    with refused("Cette exigence s'applique à tous les produits", code="applies", status=409):
        declare_exemption(step, "ILL-L 1", "Non.", by=cast.claire, at=at)
    with refused("Expliquez en une phrase pourquoi", code="no_reason", status=400):
        declare_exemption(step, "ILL-L 2", "  ", by=cast.claire, at=at)
    with refused("Ce texte compte 2001 caractères", code="too_long", status=400):
        declare_exemption(step, "ILL-L 2", "x" * 2001, by=cast.claire, at=at)
    with refused("Vous pouvez lire cette candidature, pas la remplir."):
        declare_exemption(step, "ILL-L 2", "Non.", by=cast.karim, at=at)
    with pytest.raises(Step.DoesNotExist):
        declare_exemption(step, "ILL-R 1", "Non.", by=cast.claire, at=at)
    hand_over(candidature, cast.claire, at)
    with refused("Cette preuve est transmise à l'agence", code="wrong_state", status=409):
        declare_exemption(step, "ILL-L 2", "Non.", by=cast.claire, at=at)
