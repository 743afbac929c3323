"""A verdict on one requirement: saved at once, over the version one has read; of no effect on the company until the section is given back."""

from __future__ import annotations

import pytest

from convergence.candidatures.actions import submit_section, withdraw_candidature
from convergence.candidatures.models import Candidature, StepSection
from convergence.reviews.actions import VerdictCrossed
from convergence.reviews.models import RequirementVerdict
from foundation.accounts.actions import declare_conflict
from tests.factories.sections import another_reviewer, give_back, give_proof, proofs_step, say, section
from tests.refusals import refused, remembered


def test_a_verdict_is_kept_and_the_company_sees_nothing_yet(cast, at, candidature):
    with remembered("reviews.VerdictSaved") as entries:
        say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text=" Floue. ", note=" À revoir. ")
    assert "Floue" not in entries[0].body
    assert "revoir" not in entries[0].body
    found = RequirementVerdict.objects.get()
    assert (found.outcome, found.reason, found.text, found.note, found.version, found.look) == (
        "changes_asked", "unreadable", "Floue.", "À revoir.", 1, 1,
    )  # fmt: skip
    assert section(candidature).state == "submitted"
    assert section(candidature).requests == {}


def test_changed_it_is_another_version_and_said_again_it_is_nothing(cast, at, candidature):
    say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.")
    with remembered():
        say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.", version=1)
    say(candidature, "ILL-L 2", cast.ines, at, version=1)
    found = RequirementVerdict.objects.get()
    assert (found.outcome, found.reason, found.version) == ("accepted", "", 2)


def test_two_reviewers_at_once_the_second_is_shown_both(cast, at, candidature):
    second = another_reviewer(at)
    say(candidature, "ILL-L 1", cast.ines, at, note="Vu.")
    with refused("Inès a enregistré un avis sur ILL-L 1 pendant que vous rédigiez le vôtre.", code="diverged", status=409) as caught:
        say(candidature, "ILL-L 1", second, at, outcome="changes_asked", reason="partial", text="Il manque le relevé.")
    assert isinstance(caught.value, VerdictCrossed)
    assert (caught.value.theirs.note, caught.value.theirs.version) == ("Vu.", 1)
    say(candidature, "ILL-L 1", second, at, outcome="changes_asked", reason="partial", text="Il manque le relevé.", version=1)
    assert RequirementVerdict.objects.get().saved_by == second


@pytest.mark.parametrize(
    ("outcome", "reason", "text", "words", "code"),
    [
        ("", "", "", "Choisissez un avis", "no_outcome"),
        ("perhaps", "", "", "Choisissez un avis", "no_outcome"),
        ("changes_asked", "", "Floue.", "Choisissez dans la liste le motif", "no_reason"),
        ("changes_asked", "ugly", "Floue.", "Choisissez dans la liste le motif", "no_reason"),
        ("changes_asked", "unreadable", "  ", "Écrivez ce que l'entreprise doit modifier.", "no_text"),
        ("not_applicable", "", "", "Écrivez pourquoi cette exigence est sans objet.", "no_text"),
        ("accepted", "", "x" * 2001, "Ce texte compte 2001 caractères", "too_long"),
    ],
)
def test_a_verdict_says_why(cast, at, candidature, outcome, reason, text, words, code):
    with refused(words, code=code, status=400):
        say(candidature, "ILL-L 1", cast.ines, at, outcome=outcome, reason=reason, text=text)


def test_a_requirement_of_another_section_does_not_exist(cast, at, candidature):
    for code in ("ILL-M 1", "ILL-R 1", "x"):
        with pytest.raises(StepSection.DoesNotExist):
            say(candidature, code, cast.ines, at)


def test_a_version_nobody_ever_saved_is_stale(cast, at, candidature):
    with refused("Cet avis n'existe plus.", code="stale", status=409):
        say(candidature, "ILL-L 1", cast.ines, at, version=3)


def test_who_examines(cast, at, candidature):
    with refused("Votre rôle permet de lire cette candidature, pas de l'examiner."):
        say(candidature, "ILL-L 1", cast.hugo, at)
    declare_conflict(cast.ines, cast.aubepine, "Ancien emploi.", by=cast.ines, at=at)
    cast.ines.recused_from = frozenset()  # as the page remembers, shown before
    with refused("Un lien avec cette entreprise est déclaré à votre nom"):
        say(candidature, "ILL-L 1", cast.ines, at)


def test_only_what_the_agency_has_is_examined(cast, at, candidature):
    say(candidature, "ILL-L 1", cast.ines, at)
    say(candidature, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.")
    give_back(candidature, cast.ines, at)
    with refused("Cette action n'est plus possible : l'état est « À corriger ».", code="wrong_state", status=409):
        say(candidature, "ILL-L 2", cast.ines, at, version=1)
    give_proof(candidature, "ILL-L 2.1.1", cast.claire, at, content=b"nette")
    submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
    with refused("Cette exigence est déjà acceptée : ce qui est accepté le reste.", code="closed", status=409):
        say(candidature, "ILL-L 1", cast.ines, at, outcome="changes_asked", reason="partial", text="Finalement non.")
    withdraw_candidature(Candidature.objects.get(pk=candidature.pk), "Nous renonçons.", by=cast.claire, at=at)
    with refused("Cette candidature est retirée : elle ne s'examine plus.", code="wrong_state", status=409):
        say(candidature, "ILL-L 2", cast.ines, at)
