"""The agency's side of evidence: sections, requirements beside their proofs, verdicts that cross, giving back, comparing; who is kept out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.candidatures.actions import declare_exemption, submit_section, withdraw_candidature
from convergence.candidatures.models import Candidature, Submission
from convergence.evidence.actions import archive_evidence
from convergence.reviews.models import RequirementVerdict
from foundation.accounts.actions import declare_conflict
from foundation.accounts.models import Person
from foundation.files.models import StoredFile
from foundation.files.purposes import purposes
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.files import TERMS, terms_of_test
from tests.factories.pages import text_of
from tests.factories.sections import (
    accept_all,
    another_reviewer,
    give_back,
    give_proof,
    hand_over,
    proofs_step,
    proving,
    row,
    say,
    section,
)
from tests.queue import work_off

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture(autouse=True)
def _test_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(purposes, TERMS, terms_of_test)


@pytest.fixture
def found(cast: Cast, at: datetime) -> Candidature:
    candidature = proving(cast.claire, cast.ines, at)
    hand_over(candidature, cast.claire, at)
    return candidature


def where(route: str, found: Candidature, *args: Any, **query: str) -> str:
    return reverse(f"agency:{route}", args=[found.number, "preuves", *args], query=query or None)


def verdict(requirement: str, outcome: str = "accepted", version: int = 0, **changes: str) -> dict[str, str]:
    return {"requirement": requirement, "outcome": outcome, "version": str(version), "reason": "", "text": "", "note": "", **changes}


def test_the_sections_say_which_are_to_examine(browse: Browse, cast: Cast, found: Candidature) -> None:
    ines = browse(cast.ines)
    text = text_of(ines.get(where("examine_sections", found)))
    assert text.count(">Examiner<") == 1
    assert "Pas encore soumise" in text
    assert "L’entreprise est attendue pour au moins une section." in text
    assert ines.get(where("examine_section", found, "engine")).status_code == 404
    assert ines.get(where("examine_section", found, "radar")).status_code == 404
    text = text_of(ines.get(reverse("agency:candidature", args=[found.number])))
    assert f'href="{where("examine_sections", found)}">Examiner' in text
    assert "C’est à nous" in text
    assert "L’entreprise est attendue" in text


def test_a_requirement_is_read_beside_its_proofs_shown_in_place(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    ines = browse(cast.ines)
    page = ines.get(where("examine_section", found, "lights"))
    text = text_of(page)
    assert "Le produit éclaire." in text
    assert "Scénario ILL-L 1.1" in text
    (deposit, *_) = [one["deposit"] for one in Submission.objects.get(section="lights").documents]
    url = reverse("agency:document", args=[found.number, deposit])
    assert f'<iframe class="cv-shown cv-shown--page" src="{url}"' in text
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert ines.get(url)["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src" not in ines.get(where("examine_sections", found))["Content-Security-Policy"]
    assert "Le produit se voit." in text_of(ines.get(where("examine_section", found, "lights", exigence="ILL-L 2")))


def test_a_verdict_leads_to_the_next_requirement(browse: Browse, cast: Cast, found: Candidature) -> None:
    ines, page = browse(cast.ines), where("examine_section", found, "lights")
    answer = ines.post(page, verdict("ILL-L 1"))
    assert answer["Location"] == where("examine_section", found, "lights", apres="ILL-L 1")
    text = text_of(ines.get(answer["Location"]))
    assert "1 acceptée sur 2, 1 à examiner" in text
    ines.post(page, verdict("ILL-L 2", "changes_asked", reason="unreadable", text="Floue.", note="Entre nous."))
    text = text_of(ines.get(where("examine_section", found, "lights", exigence="ILL-L 2")))
    assert ">\nFloue.</textarea>" in text
    assert ">\nEntre nous.</textarea>" in text
    assert "L’entreprise ne voit rien avant" in text


def test_what_was_typed_comes_back_where_it_is_refused(browse: Browse, cast: Cast, found: Candidature) -> None:
    answer = browse(cast.ines).post(
        where("examine_section", found, "lights"), verdict("ILL-L 2", "changes_asked", text="Floue.", note="Mot.")
    )
    text = text_of(answer)
    assert answer.status_code == 400
    assert "Choisissez dans la liste le motif" in text
    assert 'name="reason" aria-invalid="true" aria-describedby="refus"' in text
    assert text.count("aria-invalid") == text.count('id="refus"') == 1
    assert ">\nFloue.</textarea>" in text
    assert ">\nMot.</textarea>" in text
    assert 'id="avis-changes_asked" name="outcome" value="changes_asked" checked' in text


@pytest.mark.parametrize(
    ("outcome", "reason", "text", "note", "field"),
    [
        ("", "", "", "", 'name="outcome" value="accepted"'),
        ("not_applicable", "", " ", "", 'name="text"'),
        ("accepted", "", "x" * 2001, "", 'name="text"'),
        ("accepted", "", "", "x" * 2001, 'name="note"'),
    ],
)
def test_the_field_at_fault_is_described_by_what_is_wrong(
    browse: Browse, cast: Cast, found: Candidature, outcome: str, reason: str, text: str, note: str, field: str
) -> None:
    page = text_of(
        browse(cast.ines).post(where("examine_section", found, "lights"), verdict("ILL-L 2", outcome, reason=reason, text=text, note=note))
    )
    assert re.search(rf'<(input|textarea)[^>]*{field}[^>]* aria-describedby="refus"', page)


def test_two_reviewers_at_once_the_second_sees_both_and_chooses(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    second, page = another_reviewer(at), where("examine_section", found, "lights")
    browse(cast.ines).post(page, verdict("ILL-L 1", "changes_asked", reason="partial", text="Il manque le relevé."))
    theirs = browse(second)
    answer = theirs.post(page, verdict("ILL-L 1", "accepted", text="Tout y est."))
    text = text_of(answer)
    assert answer.status_code == 409
    assert "Inès a enregistré un avis sur ILL-L 1" in text
    assert "<blockquote>Il manque le relevé.</blockquote>" in text
    assert ">\nTout y est.</textarea>" in text
    assert re.search(r'name="version" value="1"', text)
    theirs.post(page, verdict("ILL-L 1", "accepted", 1, text="Tout y est."))
    assert RequirementVerdict.objects.get().saved_by == second


def test_a_section_is_given_back_once_every_requirement_has_its_verdict(
    browse: Browse, cast: Cast, at: datetime, found: Candidature
) -> None:
    ines = browse(cast.ines)
    answer = ines.post(where("give_back_section", found, "lights"))
    assert answer.status_code == 409
    assert "2 exigences attendent encore votre avis : ILL-L 1, ILL-L 2." in text_of(answer)
    accept_all(found, cast.ines, at)
    assert ines.post(where("give_back_section", found, "lights"))["Location"] == where("examine_sections", found)
    assert row(found).state == "accepted"
    text = text_of(ines.get(where("examine_section", found, "lights")))
    assert "Cette section est acceptée." in text
    assert 'id="avis"' not in text
    history = text_of(ines.get(reverse("agency:candidature", args=[found.number])))
    assert "Inès accepte la section « FEUX »" in history


def test_what_the_company_will_read_is_read_again_before_it_is_given_back(
    browse: Browse, cast: Cast, at: datetime, found: Candidature
) -> None:
    ines, recap = browse(cast.ines), where("give_back_section", found, "lights")
    say(found, "ILL-L 1", cast.ines, at)
    text = text_of(ines.get(recap))
    assert "1 exigence attend encore votre avis" in text
    assert f'<a href="{where("examine_section", found, "lights")}?exigence=ILL-L%202">ILL-L 2</a>' in text
    assert "Rendre la section</button>" not in text
    say(found, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="La capture est floue.", note="Entre nous.")
    text = text_of(ines.get(recap))
    assert "La section sera rendue à l’entreprise, avec 1 exigence à modifier." in text
    assert "<b>Motif :</b> Illisible" in text
    assert "<b>L’entreprise lira :</b> La capture est floue." in text
    assert "<b>Note interne, qu’elle ne lit pas :</b> Entre nous." in text
    assert text.index("ILL-L 2</a>") < text.index("ILL-L 1</a>")
    assert row(found).state == "submitted"
    ines.post(recap)
    assert row(found).state == "changes_requested"
    assert ines.get(recap)["Location"] == where("examine_section", found, "lights")


def test_the_recap_of_an_acceptance_and_of_a_second_look(browse: Browse, cast: Cast, at: datetime) -> None:
    second = another_reviewer(at)
    candidature = proving(cast.claire, cast.ines, at, flags="second_look: true")
    hand_over(candidature, cast.claire, at)
    accept_all(candidature, cast.ines, at)
    recap = where("give_back_section", candidature, "lights")
    assert "Un autre vérificateur devra confirmer la section" in text_of(browse(cast.ines).get(recap))
    give_back(candidature, cast.ines, at)
    assert "Confirmer et rendre la section</button>" not in text_of(browse(cast.ines).get(recap))
    text = text_of(browse(second).get(recap))
    assert "La section sera acceptée" in text
    assert "ILL-L 1</a>" in text
    assert "Confirmer et rendre la section</button>" in text


def corrected(cast: Cast, at: datetime, found: Candidature) -> None:
    """One requirement sent back, its proof replaced, handed over again."""
    say(found, "ILL-L 1", cast.ines, at)
    say(found, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="Floue.")
    give_back(found, cast.ines, at)
    (old,) = [one for one in section(found).deposits if one.slot == "ILL-L 2.1.1"]
    archive_evidence(old, by=cast.claire, at=at)
    give_proof(found, "ILL-L 2.1.1", cast.claire, at, content=b"nette", name="nette.txt")
    submit_section(proofs_step(found), "lights", by=cast.claire, at=at)


def test_what_was_seen_is_new_no_more(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    corrected(cast, at, found)
    ines, page = browse(cast.ines), where("examine_section", found, "lights")
    assert "Marquer comme vue" in text_of(ines.get(page))
    assert ines.post(where("see_requirement", found, "lights"), {"requirement": "ILL-L 2", "submission": "x"}).status_code == 400
    assert ines.post(where("see_requirement", found, "lights"), {"requirement": "ILL-L 2", "submission": "9"}).status_code == 404
    assert "Nouveau" in text_of(ines.get(page))
    answer = ines.post(where("see_requirement", found, "lights"), {"requirement": "ILL-L 2", "submission": "2"})
    assert answer["Location"] == where("examine_section", found, "lights", exigence="ILL-L 2")
    text = text_of(ines.get(answer["Location"]))
    assert "Nouveau" not in text
    assert "Marquer comme vue" not in text
    assert "Marquer comme vue" not in text_of(browse(cast.hugo).get(page))


def test_what_is_new_is_marked_and_what_is_accepted_is_closed(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    corrected(cast, at, found)
    ines = browse(cast.ines)
    text = text_of(ines.get(where("examine_section", found, "lights")))
    assert 'ILL-L 2 <span class="cv-tag cv-tag--you">Nouveau</span>' in text
    assert 'nette.txt <span class="cv-tag cv-tag--you">Nouveau</span>' in text
    assert "Remplacé ou retiré depuis la soumission précédente : rapport.txt" in text
    assert "<b>Demandé</b>" in text
    assert "Acceptées, closes (1)" in text
    closed = text_of(ines.get(where("examine_section", found, "lights", exigence="ILL-L 1")))
    assert "Ce qui est accepté le reste." in closed
    assert 'id="avis"' not in closed
    past = text_of(ines.get(where("examine_section", found, "lights", soumission="1", exigence="ILL-L 2")))
    assert "Une soumission plus récente est à examiner" in past
    assert "nette.txt" not in past


def test_any_two_submissions_are_compared_file_by_file(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    corrected(cast, at, found)
    ines = browse(cast.ines)
    text = text_of(ines.get(where("compare_section", found, "lights")))
    assert "1 exigence a changé" in text
    assert "nette.txt" in text
    assert "ILL-L 2" in text
    assert "Ces deux soumissions sont les mêmes" in text_of(ines.get(where("compare_section", found, "lights", de="1", a="1")))
    assert ines.get(where("compare_section", found, "lights", de="9")).status_code == 404


def test_the_reviewer_sees_what_was_handed_over_whatever_becomes_of_the_slot(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:  # fmt: skip
    (old,) = [one for one in section(found).deposits if one.slot == "ILL-L 2.1.1"]
    archive_evidence(old, by=cast.claire, at=at)
    give_proof(found, "ILL-L 2.1.1", cast.claire, at, content=b"autre", name="apres-coup.txt")
    ines = browse(cast.ines)
    text = text_of(ines.get(where("examine_section", found, "lights", exigence="ILL-L 2")))
    assert "apres-coup.txt" not in text
    assert "rapport.txt" in text
    (later,) = [one for one in section(found).deposits if one.slot == "ILL-L 2.1.1" and one.is_in_place]
    assert ines.get(reverse("agency:document", args=[found.number, later.pk])).status_code == 404
    assert b"".join(ines.get(reverse("agency:document", args=[found.number, old.pk])).streaming_content) == b"ILL-L 2.1.1"


def test_without_object_is_read_with_its_reason(browse: Browse, cast: Cast, at: datetime) -> None:
    candidature = proving(cast.claire, cast.ines, at)
    declare_exemption(proofs_step(candidature), "ILL-L 2", "Sans feux.", by=cast.claire, at=at)
    for slot in ("ILL-L 1.1.1", "ILL-L 1.1.2"):
        give_proof(candidature, slot, cast.claire, at)
    submit_section(proofs_step(candidature), "lights", by=cast.claire, at=at)
    text = text_of(browse(cast.ines).get(where("examine_section", candidature, "lights", exigence="ILL-L 2")))
    assert "<b>ILL-L 2 déclaré sans objet par l’entreprise :</b> Sans feux." in text


def test_who_reads_without_examining_and_who_is_recused(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    page = where("examine_section", found, "lights")
    hugo = browse(cast.hugo)
    text = text_of(hugo.get(page))
    assert "Votre rôle permet de lire cette candidature, pas de l'examiner." in text
    assert 'id="avis"' not in text
    answer = hugo.post(page, verdict("ILL-L 1", text="Mes mots."))
    assert answer.status_code == 403
    assert "Mes mots." in text_of(answer)
    declare_conflict(cast.ines, cast.aubepine, "Ancien emploi.", by=cast.ines, at=at)
    assert "Un lien avec cette entreprise est déclaré à votre nom" in text_of(browse(cast.ines).get(page))
    assert browse(cast.ines).post(page, verdict("ILL-L 1")).status_code == 403
    assert browse(cast.zoe).get(page).status_code == 404


def test_a_requirement_of_another_section_is_not_there(browse: Browse, cast: Cast, found: Candidature) -> None:
    assert browse(cast.ines).post(where("examine_section", found, "lights"), verdict("ILL-M 1")).status_code == 404


def test_withdrawn_it_is_only_read(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    withdraw_candidature(Candidature.objects.get(pk=found.pk), "Nous renonçons.", by=cast.claire, at=at)
    text = text_of(browse(cast.ines).get(where("examine_section", found, "lights")))
    assert "Cette candidature est retirée : la section ne s’examine plus." in text
    assert browse(cast.ines).post(where("examine_section", found, "lights"), verdict("ILL-L 1", text="Trop tard.")).status_code == 409


def test_the_second_look_shows_the_first_unless_it_is_blind(browse: Browse, cast: Cast, at: datetime) -> None:
    candidature = proving(cast.claire, cast.ines, at, flags="second_look: true\n    blind_second_look: true")
    hand_over(candidature, cast.claire, at)
    say(candidature, "ILL-L 1", cast.ines, at, note="Très bien vu.")
    say(candidature, "ILL-L 2", cast.ines, at)
    browse(cast.ines).post(where("give_back_section", candidature, "lights"))
    page = where("examine_section", candidature, "lights", exigence="ILL-L 1")
    text = text_of(browse(another_reviewer(at)).get(page))
    assert "Second regard : Inès a rendu la section" in text
    assert "Très bien vu." not in text
    assert "Premier regard" not in text
    assert "un autre vérificateur doit la confirmer" in text_of(browse(cast.ines).get(page))
    company = text_of(browse(cast.claire).get(reverse("company:candidature", args=[candidature.number])))
    assert "confirmer" not in company


def test_not_blind_the_first_look_is_shown(browse: Browse, cast: Cast, at: datetime) -> None:
    candidature = proving(cast.claire, cast.ines, at, flags="second_look: true")
    hand_over(candidature, cast.claire, at)
    say(candidature, "ILL-L 1", cast.ines, at, note="Très bien vu.")
    say(candidature, "ILL-L 2", cast.ines, at)
    give_back(candidature, cast.ines, at)
    text = text_of(browse(another_reviewer(at)).get(where("examine_section", candidature, "lights", exigence="ILL-L 1")))
    assert "Premier regard : Acceptée" in text
    assert "Très bien vu." in text


def test_a_file_found_infected_since_is_not_opened(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    deposit = section(found).deposits[0]
    StoredFile.objects.filter(pk=deposit.file_id).update(state="infected")
    text = text_of(browse(cast.ines).get(where("examine_section", found, "lights")))
    assert reverse("agency:document", args=[found.number, deposit.pk]) not in text


def test_a_page_costs_the_same_at_every_round_and_a_verdict_is_saved_in_few_queries(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:  # fmt: skip
    ines = browse(cast.ines)
    pages = [
        where("examine_sections", found),
        *(where(name, found, "lights") for name in ("examine_section", "compare_section", "give_back_section")),
    ]
    counts = []
    for _ in range(2):
        for page in pages:
            ines.get(page)
            with CaptureQueriesContext(connection) as queries:
                ines.get(page)
            counts.append(len(queries))
        if len(counts) == 4:
            corrected(cast, at, found)
    assert counts[:4] == counts[4:] == [10, 8, 7, 7]
    work_off()
    with CaptureQueriesContext(connection) as queries:
        ines.post(where("examine_section", found, "lights"), verdict("ILL-L 2"))
    asked = [one["sql"] for one in queries if not re.match(r"SAVEPOINT|RELEASE|SELECT \"procrastinate", one["sql"])]
    assert len(asked) == 12
