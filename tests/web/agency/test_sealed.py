"""The agency's side of what is sealed: the page that opens, its bytes written before they leave, accreditations, the register; what the company reads of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.evidence.models import Deposit
from convergence.openings.actions import open_sealed_evidence
from convergence.openings.models import Accreditation, Opening
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.files.checks import ZED
from foundation.files.models import StoredFile
from foundation.files.purposes import purposes
from foundation.journal.models import Entry
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.files import TERMS, terms_of_test
from tests.factories.openings import accredited, coordinating, new_identity, sealed_for, sealed_in_candidature, sealed_in_results
from tests.factories.pages import text_of
from tests.factories.people import fresh, seat_of, someone
from web.agency import sealed

Browse = Callable[[Person | None], StrictClient]
OPENED = "openings.SealedEvidenceOpened"


@pytest.fixture(autouse=True)
def _test_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(purposes, TERMS, terms_of_test)


def page_of(deposit: Deposit) -> str:
    return reverse("agency:open_sealed_evidence", args=[deposit.pk])


@pytest.fixture
def shared(cast: Cast, at: datetime) -> Deposit:
    return sealed_in_results(cast.claire, at)


# — The page that opens ———————————————————————————————————————————————————————————————————


def test_it_says_what_was_sealed_by_whom_and_how_to_open_it(browse: Browse, cast: Cast, at: datetime, shared: Deposit) -> None:
    accredited(cast.ines, at)
    text = text_of(browse(cast.ines).get(page_of(shared)))
    for words in ("Analyse d’impact", "aipd.pdf.age", shared.file.sha256, "Claire, Aubépine Santé", "Personne ne l’a encore ouverte."):
        assert words in text, words
    assert "age -d -i cle.txt -o aipd.pdf aipd.pdf.age" in text
    assert "Une clé que la plateforme ne connaît pas" in text


def test_the_field_of_the_key_cannot_be_sent_nor_kept(browse: Browse, cast: Cast, at: datetime, shared: Deposit) -> None:
    accredited(cast.ines, at)
    page = browse(cast.ines).get(page_of(shared)).content.decode()
    place = page[page.index("data-unseal") : page.index("</section>", page.index("data-unseal"))]
    assert " name=" not in place
    assert "<form" not in place
    assert place.count('autocomplete="off"') == 2
    assert 'spellcheck="false"' in place


def test_the_keys_it_was_sealed_for_are_named(browse: Browse, cast: Cast, at: datetime, settings: Any) -> None:
    before, after = (str(new_identity().to_public()) for _ in range(2))
    settings.SEALED_FOR, settings.SEALED_FORMERLY = (f"Référencement-2027={after}",), (f"Référencement-2026={before}",)
    _, deposit = sealed_in_candidature(cast.claire, cast.ines, at, sealed_for=[before])
    accredited(cast.ines, at)
    page = browse(cast.ines).get(page_of(deposit))
    assert f'data-keys="{before}"' in page.content.decode()
    assert "<b>Référencement-2026</b>, clé remplacée" in text_of(page)
    settings.SEALED_FORMERLY = ()
    assert before in text_of(browse(cast.ines).get(page_of(deposit)))


def test_taking_the_bytes_is_written_before_they_leave(browse: Browse, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    body = sealed_for(new_identity())
    deposit = sealed_in_results(cast.claire, at, body=body)
    accredited(cast.ines, at)
    ines = browse(cast.ines)
    ines.get(page_of(deposit))
    assert not Opening.objects.exists()
    answer = ines.post(page_of(deposit), {"take": "1"})
    assert answer["Content-Disposition"] == 'attachment; filename="aipd.pdf.age"'
    assert b"".join(answer.streaming_content) == body
    entry = Entry.objects.get(kind=OPENED)
    assert entry.details["by_name"] == "Inès"
    assert entry.details["from"] == "web 127.0.0.1"

    def lost(*_: object, **__: object) -> None:
        raise OSError("magasin muet")

    monkeypatch.setattr(sealed, "download", lost)
    with pytest.raises(OSError, match="magasin muet"):
        ines.post(page_of(deposit), {"take": "1"})
    assert Opening.objects.count() == 2


def test_not_accredited_the_page_says_so_and_gives_nothing(browse: Browse, cast: Cast, shared: Deposit) -> None:
    ines = browse(cast.ines)
    page = ines.get(page_of(shared))
    assert "Vous n’êtes pas accrédité" in text_of(page).replace("'", "’")
    assert "data-unseal" not in page.content.decode()
    assert ines.post(page_of(shared), {"take": "1"}).status_code == 403
    assert not Opening.objects.exists()


def test_who_they_are_is_asked_again(browse: Browse, cast: Cast, at: datetime, shared: Deposit, settings: Any) -> None:
    accredited(cast.ines, at)
    settings.PROOF_LASTS = -1
    ines = browse(cast.ines)
    answer = ines.get(page_of(shared))
    assert answer.status_code == 302
    assert reverse("public:confirm_identity") in answer["Location"]
    answer = ines.post(page_of(shared), {"take": "1"}, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "Confirmez d'abord votre identité" in answer.json()["title"]
    answer = ines.post(page_of(shared), {"take": "1"})  # without a script: who they are is asked, and the button is found again
    assert answer.status_code == 401
    assert 'name="kept"' in answer.content.decode()
    assert not Opening.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_for_anyone_else_it_does_not_exist(browse: Browse, cast: Cast, at: datetime, shared: Deposit, method: str) -> None:
    for person in (cast.claire, cast.zoe, cast.hugo, someone("auditor", Role.AUDITOR, None, at)):
        assert getattr(browse(person), method)(page_of(shared)).status_code == 404
    assert getattr(browse(cast.ines), method)(reverse("agency:open_sealed_evidence", args=[999_999_999])).status_code == 404


def test_a_zed_container_is_downloaded_with_its_steps(browse: Browse, cast: Cast, at: datetime) -> None:
    _, deposit = sealed_in_candidature(cast.claire, cast.ines, at, name="rapport.zed", media_type=ZED, body=b"ZED! test")
    accredited(cast.ines, at)
    page = browse(cast.ines).get(page_of(deposit))
    text = text_of(page)
    assert "Ouvrir le conteneur ZED!" in text
    assert "age -d" not in text
    assert "unseal.js" not in page.content.decode()
    assert browse(cast.ines).post(page_of(deposit), {"take": "1"}).status_code == 200


def test_what_the_company_protected_itself(browse: Browse, cast: Cast, at: datetime) -> None:
    _, deposit = sealed_in_candidature(cast.claire, cast.ines, at, name="rapport.pdf", media_type="application/pdf", body=b"%PDF")
    accredited(cast.ines, at)
    assert "demandez le mot de passe à l’entreprise" in text_of(browse(cast.ines).get(page_of(deposit)))


def test_a_file_condemned_since_is_not_given(browse: Browse, cast: Cast, at: datetime, shared: Deposit) -> None:
    accredited(cast.ines, at)
    StoredFile.objects.filter(pk=shared.file_id).update(state="infected")
    assert "Ce fichier ne s’ouvre pas." in text_of(browse(cast.ines).get(page_of(shared)))
    assert browse(cast.ines).post(page_of(shared), {"take": "1"}).status_code == 409


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("l'impact (v2).pdf.age", """age -d -i cle.txt -o 'l'"'"'impact (v2).pdf' 'l'"'"'impact (v2).pdf.age'"""),
        ("-o.pdf.age", "age -d -i cle.txt -o ./-o.pdf ./-o.pdf.age"),
        ("$(rm x).age", "age -d -i cle.txt -o '$(rm x)' '$(rm x).age'"),
    ],
)
def test_the_command_takes_any_name_for_one_name(name: str, command: str) -> None:
    plain = name.removesuffix(".age")
    assert f"age -d -i cle.txt -o {sealed._quoted(plain)} {sealed._quoted(name)}" == command


# — Where it is reached from ——————————————————————————————————————————————————————————————


def test_from_the_section_the_reviewer_goes_there_and_the_plain_door_is_shut(browse: Browse, cast: Cast, at: datetime) -> None:
    found, deposit = sealed_in_candidature(cast.claire, cast.ines, at)
    ines = browse(cast.ines)
    section = ines.get(reverse("agency:examine_section", args=[found.number, "preuves", "lights"])).content.decode()
    plain = reverse("agency:document", args=[found.number, deposit.pk])
    assert f'href="{page_of(deposit)}"' in section
    assert plain not in section
    for address in (plain, f"{plain}?telecharger=1"):
        assert ines.get(address).status_code == 403
        assert browse(cast.hugo).get(address).status_code == 403
    hugo = browse(cast.hugo).get(reverse("agency:examine_section", args=[found.number, "preuves", "lights"])).content.decode()
    assert page_of(deposit) not in hugo
    assert "Preuve scellée" in hugo


def test_the_list_of_what_came_with_shared_results(browse: Browse, cast: Cast, at: datetime) -> None:
    ines = browse(cast.ines)
    address = reverse("agency:sealed_evidence")
    assert "Aucune entreprise ne partage de résultats" in text_of(ines.get(address))
    deposit = sealed_in_results(cast.claire, at)
    text = text_of(ines.get(address))
    assert "Vous n’êtes pas accrédité" in text
    assert "Jamais ouverte" in text
    assert page_of(deposit) in ines.get(address).content.decode()
    assert "Aucune preuve scellée ne correspond" in text_of(ines.get(address, {"q": "borée"}))
    accredited(cast.ines, at)
    open_sealed_evidence(deposit, by=cast.ines, at=at)
    text = text_of(ines.get(address))
    assert "Jamais ouverte" not in text
    assert "Vous n’êtes pas accrédité" not in text


# — Accreditations ————————————————————————————————————————————————————————————————————————


def test_the_coordination_accredits_and_takes_back(browse: Browse, cast: Cast, at: datetime) -> None:
    by = coordinating(at)
    client, address = browse(by), reverse("agency:accreditation_list")
    assert "Non accrédité" in text_of(client.get(address))
    answer = client.post(reverse("agency:accredit_reader", args=[seat_of(cast.ines).pk]), follow=True)
    assert "Inès peut ouvrir les preuves scellées." in text_of(answer)
    held = Accreditation.objects.get()
    answer = client.post(reverse("agency:withdraw_accreditation", args=[held.pk]), follow=True)
    text = text_of(answer)
    assert "Inès n'ouvre plus de preuve scellée." in text.replace("’", "'")
    assert "Qui ne valent plus" in text
    assert client.post(reverse("agency:accredit_reader", args=[seat_of(cast.hugo).pk])).status_code == 403
    assert client.post(reverse("agency:accredit_reader", args=[seat_of(cast.claire, cast.aubepine).pk])).status_code == 404
    assert client.post(reverse("agency:withdraw_accreditation", args=[999_999_999])).status_code == 404


def test_the_auditor_reads_who_may_and_gives_nothing(browse: Browse, cast: Cast, at: datetime) -> None:
    auditor = browse(someone("auditor", Role.AUDITOR, None, at))
    given = accredited(cast.ines, at)
    page = auditor.get(reverse("agency:accreditation_list"))
    assert "Depuis le 16 novembre 2026" in text_of(page)
    assert "Confirmer le retrait" not in text_of(page)
    assert auditor.post(reverse("agency:withdraw_accreditation", args=[given.pk])).status_code == 404


def test_without_any_reviewer_the_page_says_whom_to_invite(browse: Browse, cast: Cast, at: datetime) -> None:
    by = coordinating(at)
    browse(by).post(reverse("agency:end_seat", args=[seat_of(cast.ines).pk]))
    assert "L’agence n’a pas de vérificateur." in text_of(browse(fresh(by)).get(reverse("agency:accreditation_list")))


# — The register ——————————————————————————————————————————————————————————————————————————


def test_the_register_says_who_what_when_and_whence(browse: Browse, cast: Cast, at: datetime, shared: Deposit) -> None:
    by = browse(coordinating(at))
    address = reverse("agency:opening_list")
    assert "Aucune preuve scellée n’a encore été ouverte." in text_of(by.get(address))
    accredited(cast.ines, at)
    browse(cast.ines).post(page_of(shared), {"take": "1"})
    for reader in (by, browse(someone("auditor", Role.AUDITOR, None, at))):
        text = text_of(reader.get(address))
        for words in ("Inès", "depuis 127.0.0.1", "aipd.pdf.age", "RGPD-AIPD", "Aubépine Santé", "résultats partagés", "1 ouverture"):
            assert words in text, words
    for words, count in (("inès", 1), ("aubépine", 1), ("aipd", 1), ("zoé", 0), (str(shared.folder.subject.reference), 1)):
        assert by.get(address, {"q": words}).content.decode().count("aipd.pdf.age") == count, words
    assert "Aucune ouverture ne répond à cette recherche." in text_of(by.get(address, {"du": "2035-01-01"}))
    table = b"".join(by.get(reverse("agency:opening_table"), {"q": "inès"}).streaming_content).decode()
    assert table.count("\r\n") == 2
    assert "Inès;127.0.0.1;Aubépine Santé" in table
    assert shared.file.sha256 in table


def test_the_company_reads_that_it_was_opened_and_not_by_whom(browse: Browse, cast: Cast, at: datetime, shared: Deposit) -> None:
    accredited(cast.ines, at)
    browse(cast.ines).post(page_of(shared), {"take": "1"})
    text = text_of(browse(cast.claire).get(reverse("company:company_journal"))).replace("’", "'")
    assert "Preuve scellée ouverte par l'agence" in text
    assert "Inès" not in text
    entries = text_of(browse(cast.zoe).get(reverse("company:company_journal")))
    assert "Preuve scellée" not in entries[entries.index("</form>") :].partition("<tbody>")[2]


@pytest.mark.parametrize("route", ["sealed_evidence", "opening_list", "accreditation_list", "opening_table"])
def test_as_many_queries_whatever_there_is(browse: Browse, cast: Cast, at: datetime, route: str) -> None:
    reads = cast.ines if route == "sealed_evidence" else coordinating(at)
    accredited(cast.ines, at)
    counted = []
    for rank, more in enumerate((1, 3)):
        for step in range(more):
            deposit = sealed_in_results(cast.claire, at, name=f"Produit {rank}{step}")
            open_sealed_evidence(deposit, by=cast.ines, at=at + timedelta(minutes=rank))
            accredited(someone(f"lecteur-{rank}-{step}", Role.REVIEWER, None, at), at)
        client = browse(fresh(reads))
        client.get(reverse("agency:welcome"))
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse(f"agency:{route}"))
            if answer.streaming:
                assert len(b"".join(answer.streaming_content).splitlines()) > more
        counted.append(len(queries))
    assert counted[0] == counted[1]
