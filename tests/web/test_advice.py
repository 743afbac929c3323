"""« Soumettre des preuves pour avis » on both sides: deposited, matched, set aside, asked to be deleted; the opinion on both pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.advice.models import AdviceDeposit, DeletionRequest, Opinion
from convergence.candidatures.models import Candidature
from foundation.accounts.models import Person
from foundation.messaging.models import Conversation
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.advice import archive, awaiting_advice, deposited, received
from tests.factories.candidatures import step_of
from tests.factories.catalogue import product_at
from tests.factories.pages import text_of

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture
def found(cast: Cast, at: datetime) -> Candidature:
    return awaiting_advice(product_at("active", cast.claire, at), cast.claire, at)


def here(found: Candidature, route: str = "deposit_for_advice", *args: Any) -> str:
    return reverse(f"company:{route}", args=[found.number, "avis", *args])


def there(found: Candidature, route: str = "send_opinion", *args: Any) -> str:
    return reverse(f"agency:{route}", args=[found.number, "avis", *args])


def test_from_the_candidature_to_the_deposit_and_what_it_answers(browse: Browse, cast: Cast, found: Candidature) -> None:
    claire = browse(cast.claire)
    assert "Soumettre des preuves pour avis" in text_of(claire.get(reverse("company:candidature", args=[found.number])))
    body = archive(["ill_v1-1 vidéo.txt", "notes.txt"])
    claire.post(here(found), {"archive": [SimpleUploadedFile("lot 1.zip", body)]})
    text = text_of(claire.get(here(found)))
    assert "<b>1 scénario reconnu</b>" in text
    assert "<b>1 fichier sans code connu</b>" in text
    assert "notes.txt</li>" in text
    assert "(1/1)" in text
    assert "Contrôlé, sans menace" in text
    deposit = AdviceDeposit.objects.get()
    assert b"".join(claire.get(here(found, "advice_file", deposit.pk)).streaming_content) == body
    assert b"".join(browse(cast.ines).get(there(found, "advice_file", deposit.pk)).streaming_content) == body


def test_what_is_no_archive_or_nothing_at_all_says_why(browse: Browse, cast: Cast, found: Candidature) -> None:
    claire = browse(cast.claire)
    claire.post(here(found), {"archive": [SimpleUploadedFile("faux.zip", b"rien")]})
    assert "« faux.zip » : Cette archive est abîmée" in text_of(claire.get(here(found)))
    claire.post(here(found), {})
    assert "Aucune archive n'a été choisie" in text_of(claire.get(here(found)))
    assert not AdviceDeposit.objects.exists()


def test_an_archive_received_in_pieces_is_put_in_place_by_the_page(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    file = received(step_of(found, "avis"), cast.claire, at)
    told = browse(cast.claire).post(here(found), {"file": str(file.reference)}, headers={"Accept": "application/json"}).json()
    assert told["address"] == here(found)
    assert AdviceDeposit.objects.get().file == file


def test_the_opinion_reaches_both_pages_and_the_conversation(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    deposited(found, cast.claire, at)
    ines, claire = browse(cast.ines), browse(cast.claire)
    assert "Rendre un avis informatif" in text_of(ines.get(there(found)))
    refused = ines.post(there(found), {"text": " ", "give": "1"})
    assert refused.status_code == 400
    assert "Écrivez l'avis" in text_of(refused)
    refused = ines.post(there(found), {"text": "Trop tôt.", "close": "1"})
    assert refused.status_code == 409
    assert "Trop tôt.</textarea>" in text_of(refused)
    ines.post(there(found), {"text": "La vidéo est muette.", "give": "1", "file": SimpleUploadedFile("remarques.txt", b"son absent")})
    opinion = Opinion.objects.get()
    for text in (text_of(claire.get(here(found))), text_of(ines.get(there(found)))):
        assert "La vidéo est muette." in text
        assert "remarques.txt" in text
    assert "Inès" not in text_of(claire.get(here(found))).split("<h2")[2]
    assert b"".join(claire.get(here(found, "opinion_file", opinion.pk)).streaming_content) == b"son absent"
    assert b"".join(ines.get(there(found, "opinion_file", opinion.pk)).streaming_content) == b"son absent"
    conversation = Conversation.objects.get(key=found.number)
    assert "La vidéo est muette." in text_of(claire.get(reverse("company:conversation", args=[conversation.key])))
    ines.post(there(found), {"close": "1"})
    assert "n’attend plus de dépôt" in text_of(claire.get(here(found)))
    assert "L&#x27;agence rend un avis" in claire.get(reverse("company:candidature", args=[found.number])).content.decode()


def test_set_aside_restored_then_asked_to_be_deleted(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    deposit = deposited(found, cast.claire, at)
    claire, ines = browse(cast.claire), browse(cast.ines)
    claire.post(here(found, "archive_advice", deposit.pk))
    assert "Voir les preuves archivées (1)" in text_of(claire.get(here(found)))
    claire.post(here(found, "restore_advice", deposit.pk))
    refused = claire.post(here(found, "ask_deletion", deposit.pk), {"reference": found.number, "name": "autre.zip"})
    assert refused.status_code == 400
    assert 'value="autre.zip"' in text_of(refused)
    claire.post(here(found, "ask_deletion", deposit.pk), {"reference": found.number, "name": "preuves.zip"})
    assert "Suppression demandée" in text_of(ines.get(there(found)))
    key = DeletionRequest.objects.get().pk
    assert ines.post(there(found), {"decline": str(key), "text": ""}).status_code == 400
    long = ines.post(there(found), {"decline": str(key), "text": "Gardez-la. " * 200})
    assert long.status_code == 400
    page = text_of(long)
    assert page.count("Gardez-la.") == 200
    assert page.index(f'id="reponse-{key}"') < page.index("Gardez-la.") < page.index('id="texte"')
    ines.post(there(found), {"grant": str(key)})
    assert ines.post(there(found), {"grant": str(key)}).status_code == 409
    for client, page in ((claire, here(found, "advice_file", deposit.pk)), (ines, there(found, "advice_file", deposit.pk))):
        assert client.get(page).status_code == 404
    assert "Supprimée" in text_of(claire.get(here(found)))


def test_strangers_find_nothing(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    deposit = deposited(found, cast.claire, at)
    for person in (cast.zoe, cast.karim):
        for page in (here(found), here(found, "advice_file", deposit.pk), here(found, "ask_deletion", deposit.pk)):
            assert browse(person).get(page).status_code == 404
        assert browse(person).post(here(found, "archive_advice", deposit.pk)).status_code == 404
    assert browse(cast.claire).get(reverse("company:deposit_for_advice", args=[found.number, "dossier"])).status_code == 404
    assert browse(cast.hugo).post(there(found), {"text": "Moi.", "give": "1"}).status_code == 403


def test_the_pages_cost_the_same_for_one_archive_and_for_ten(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:

    def price(person: Person, page: str) -> int:
        client = browse(person)
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        return len(captured)

    deposited(found, cast.claire, at)
    before = [price(cast.claire, here(found)), price(cast.ines, there(found))]
    for rank in range(9):
        deposited(found, cast.claire, at, name=f"lot {rank}.zip", body=archive([f"ILL-V1.1 {rank}.txt"]))
    assert [price(cast.claire, here(found)), price(cast.ines, there(found))] == before == [7, 7]
