"""The agency's side: the lists, the file on one screen, the three answers; documents only to those who see the candidature."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.candidatures.actions import accept_step, save_form, submit_step
from convergence.candidatures.models import Candidature, Step, Submission
from convergence.catalogue.models import Enrolment
from convergence.evidence.models import Deposit
from foundation.accounts.actions import declare_conflict
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.candidatures import begun, step_of, submitted, trial_of, typed
from tests.factories.catalogue import product_at
from tests.factories.pages import text_of
from tests.factories.people import someone

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture
def trial(cast: Cast, at: datetime) -> Enrolment:
    return trial_of(product_at("active", cast.claire, at), cast.claire, at)


@pytest.fixture
def found(cast: Cast, at: datetime, trial: Enrolment) -> Candidature:
    return submitted(trial, cast.claire, at)


def where(route: str, *args: Any) -> str:
    return reverse(f"agency:{route}", args=args)


def test_the_lists_follow_whose_turn_it_is(browse: Browse, cast: Cast, found: Candidature) -> None:
    ines, page = browse(cast.ines), where("candidature_list")
    assert found.number in text_of(ines.get(page))
    assert found.number not in text_of(ines.get(page + "?onglet=company"))
    assert found.number in text_of(ines.get(page + f"?q={found.number.lower()}"))
    assert "Aucune candidature ne correspond" in text_of(ines.get(page + "?q=rien"))
    assert "À nous (1)" in text_of(ines.get(page))
    ines.post(where("examine_step", found.number, "dossier"), {"field": "pilot", "text-pilot": "Qui ?", "request_changes": "1"})
    assert "Aucune candidature n’attend l’agence." in text_of(ines.get(page + "?onglet=agency"))
    assert found.number in text_of(ines.get(page))  # whoever answers has it: it is in « À moi »
    assert found.number in text_of(ines.get(page + "?onglet=company"))


def test_taken_from_the_list_then_given_back(browse: Browse, cast: Cast, found: Candidature) -> None:
    ines, page = browse(cast.ines), where("candidature_list")
    assert f"Ouvrir la première : n° {found.number}" in text_of(ines.get(page))
    text = text_of(ines.post(where("take_candidature", found.number), follow=True))
    assert f"La candidature n° {found.number} est à vous." in text
    assert "<b>Vous</b>, depuis le" in text
    assert "À moi (1)" in text_of(ines.get(page))
    assert "Aucune candidature complète n’est libre." in text_of(ines.get(page + "?onglet=free"))
    text = text_of(ines.post(where("give_back_candidature", found.number), follow=True))
    assert "Personne n’a encore pris cette candidature." in text
    journal = text_of(ines.get(where("candidature", found.number)))
    assert "Inès prend la candidature" in journal
    assert "Inès rend la candidature à la file" in journal
    assert "prend la candidature" not in text_of(browse(cast.claire).get(f"/candidatures/{found.number}/"))


def test_the_coordination_assigns_and_sees_who_has_how_much(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    coordinator = browse(someone("coordinatrice", Role.COORDINATOR, None, at))
    text = text_of(coordinator.get(where("candidature", found.number)))
    assert "Inès : 0 candidature" in text
    assert "À moi" not in text_of(coordinator.get(where("candidature_list")))
    coordinator.post(where("assign_candidature", found.number), {"person": str(cast.ines.pk)})
    assert "Inès : 1 candidature" in text_of(coordinator.get(where("candidature", found.number)))
    assert "Attribuer à" not in text_of(browse(cast.ines).get(where("candidature", found.number)))
    assert coordinator.post(where("assign_candidature", found.number), {"person": "x"}).status_code == 400
    assert coordinator.post(where("assign_candidature", found.number), {"person": str(cast.hugo.pk)}).status_code == 403


def test_whoever_is_linked_to_the_company_is_not_offered_it(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    declare_conflict(cast.ines, cast.aubepine, "Ancienne salariée.", by=cast.ines, at=at)
    ines = browse(cast.ines)
    text = text_of(ines.get(where("candidature_list")))
    assert "Un lien avec l’entreprise est déclaré à votre nom" in text
    assert "Prendre" not in text
    assert "Ouvrir la première" not in text
    assert ines.post(where("take_candidature", found.number)).status_code == 403


def test_the_list_narrows_to_a_procedure(browse: Browse, cast: Cast, found: Candidature) -> None:
    ines, page = browse(cast.ines), where("candidature_list")
    assert found.number in text_of(ines.get(page + "?onglet=agency&demarche=essai-de-vol"))
    assert "Aucune candidature ne correspond ici." in text_of(ines.get(page + "?onglet=agency&demarche=segur-vague-2"))
    assert found.number in text_of(ines.get(page + "?onglet=agency&demarche=inconnue"))  # as if none were chosen


def test_a_draft_does_not_exist_for_the_agency(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    draft = begun(trial, cast.claire, at)
    ines = browse(cast.ines)
    assert ines.get(where("candidature", draft.number)).status_code == 404
    assert ines.get(where("examine_step", draft.number, "dossier")).status_code == 404
    assert draft.number not in text_of(ines.get(where("candidature_list")))


def test_one_screen_then_the_form_with_its_documents(browse: Browse, cast: Cast, found: Candidature) -> None:
    ines = browse(cast.ines)
    text = text_of(ines.get(where("candidature", found.number)))
    assert "C’est à nous" in text
    assert "Claire soumet l'étape « Dossier »" in text
    text = text_of(ines.get(where("examine_step", found.number, "dossier")))
    assert "claire@demo.invalid" in text
    assert "rapport.txt" in text
    deposit = Deposit.objects.get()
    assert b"".join(ines.get(where("document", found.number, deposit.pk) + "?telecharger=1").streaming_content) == b"preuve"
    assert ines.get(where("document", found.number, deposit.pk + 999)).status_code == 404
    assert ines.get(where("receipt", found.number, Submission.objects.get().receipt)).content.startswith(b"%PDF")
    assert "L’entreprise n’a encore rien soumis" in text_of(ines.get(where("examine_step", found.number, "visite")))
    assert ines.get(where("examine_step", found.number, "vol")).status_code == 404


def test_changes_are_asked_field_by_field_then_marked(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    ines, page = browse(cast.ines), where("examine_step", found.number, "dossier")
    answer = ines.post(page, {"field": "pilot", "reason-pilot": "unclear", "text-pilot": " ", "request_changes": "1"})
    assert answer.status_code == 400
    assert "écrivez ce que l'entreprise doit modifier" in text_of(answer)
    assert 'value="pilot" checked' in text_of(answer)
    ines.post(page, {"field": "pilot", "reason-pilot": "unclear", "text-pilot": "Qui est-ce ?", "request_changes": "1"})
    assert [message.to for message in mail.outbox if "Modification demandée" in message.subject] == [[cast.claire.email]]
    assert not any("Qui est-ce" in message.body for message in mail.outbox)
    assert "L’entreprise est attendue" in text_of(ines.get(page))
    again = step_of(found)
    save_form(again, typed(again, {"pilot": "Claire, pilote d'essai"}), by=cast.claire, at=at)
    submit_step(Step.objects.get(pk=again.pk), by=cast.claire, at=at + timedelta(hours=1))
    text = text_of(ines.get(page))
    assert "1 réponse a changé" in text
    assert 'Auparavant</dt><dd class="cv-pre">Claire</dd>' in text
    ines.post(page, {"text": "Bien.", "accept": "1"})
    assert step_of(found).state == "accepted"
    assert [message.to for message in mail.outbox if "Étape acceptée" in message.subject] == [[cast.claire.email]]


def test_a_rejection_says_why(browse: Browse, cast: Cast, found: Candidature) -> None:
    ines, page = browse(cast.ines), where("examine_step", found.number, "dossier")
    answer = ines.post(page, {"text": "Trop lourd.", "reject": "1"})
    assert answer.status_code == 400
    assert "Trop lourd.</textarea>" in text_of(answer)
    ines.post(page, {"text": "Trop lourd.", "reasons": ["unfit"], "reject": "1"})
    assert "Closes (1)" in text_of(ines.get(where("candidature_list") + "?onglet=ended"))
    assert "Candidature refusée" in text_of(ines.get(where("candidature", found.number)))
    assert [message.to for message in mail.outbox if "Candidature refusée" in message.subject] == [[cast.claire.email]]


def test_who_only_reads_is_told_so(browse: Browse, cast: Cast, found: Candidature) -> None:
    hugo, page = browse(cast.hugo), where("examine_step", found.number, "dossier")
    text = text_of(hugo.get(page))
    assert "Votre rôle permet de lire cette candidature, pas de l'examiner." in text
    assert "Accepter l’étape" not in text
    assert hugo.post(page, {"accept": "1"}).status_code == 403


def test_what_was_written_is_kept_when_the_step_moved_on_meanwhile(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    ines, page = browse(cast.ines), where("examine_step", found.number, "dossier")
    accept_step(step_of(found), "Bien.", by=cast.ines, at=at)
    sent = {"field": "pilot", "text-pilot": "Qui est-ce ?", "text": "Un long avis.", "request_changes": "1"}
    answer = ines.post(page, sent)
    assert answer.status_code == 409
    for words in ("Ce que vous aviez écrit", "Qui est-ce ?", "Un long avis.", "Cette étape n’attend plus l’agence : acceptée par Inès"):
        assert words in text_of(answer)
    assert "Décider" not in text_of(answer)


def test_whoever_is_linked_to_the_company_reads_and_does_not_decide(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    ines, page = browse(cast.ines), where("examine_step", found.number, "dossier")
    declare_conflict(cast.ines, cast.aubepine, "Ancienne salariée.", by=cast.ines, at=at)
    for answer in (ines.get(page), ines.post(page, {"accept": "1", "text": "Bien vu."})):
        assert "Un lien avec cette entreprise est déclaré à votre nom" in text_of(answer)
        assert "Accepter l’étape" not in text_of(answer)
    assert (answer.status_code, step_of(found).state) == (403, "submitted")
    assert "Bien vu." in text_of(answer)


@pytest.mark.parametrize("name", ["claire", "karim", "zoe"])
def test_a_company_has_no_door_here(browse: Browse, cast: Cast, found: Candidature, name: str) -> None:
    client, deposit = browse(getattr(cast, name)), Deposit.objects.get().pk
    pages = [where("candidature_list"), where("candidature", found.number), where("examine_step", found.number, "dossier"), where("document", found.number, deposit)]  # fmt: skip
    assert {client.get(page).status_code for page in pages} == {404}


def test_the_cost_does_not_grow(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    ines, claire = browse(cast.ines), browse(cast.claire)
    lists = ((ines, where("candidature_list")), (claire, "/candidatures/"))
    pages = (
        (ines, where("candidature", found.number)),
        (ines, where("examine_step", found.number, "dossier")),
        (claire, f"/candidatures/{found.number}/"),
        (claire, f"/candidatures/{found.number}/etapes/dossier/"),
    )

    def cost(client: StrictClient, page: str) -> int:
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        return len(captured)

    once = [cost(*one) for one in lists]
    assert [cost(*one) for one in pages] == [10, 10, 9, 8]
    for _ in range(2):
        submitted(trial_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, at)
    assert [cost(*one) for one in lists] == once == [4, 3]
