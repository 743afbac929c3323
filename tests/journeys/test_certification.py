"""A procedure from « Candidater » to the certificate, as its pack says it, in the browser: the company, the reviewer, the signatory in turn."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from convergence.candidatures.calls import procedure_of
from convergence.candidatures.models import Candidature
from convergence.candidatures.queries import form_sheet
from convergence.candidatures.sections import evidence_sheet
from convergence.certificates.models import Certificate
from convergence.content.library import library
from convergence.content.schema import Step as StepPiece
from convergence.reviews.actions import save_verdict
from convergence.reviews.examination import examination_of
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from tests.cast import Cast
from tests.factories.catalogue import enrolled, product_at
from tests.factories.people import someone
from tests.factories.sections import another_reviewer
from tests.journeys.conftest import Visit
from tests.journeys.test_agreement_and_certificate import signs_here
from tests.journeys.visitor import Visitor
from tests.queue import work_off
from tests.test_whole_procedures import TYPED, Walk

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Table(Walk):
    """Those who meet around a candidature, each at their own screen."""

    def __init__(self, visit: Visit, cast: Cast, at: datetime, code: str) -> None:
        self.claire, self.ines, self.at = cast.claire, cast.ines, at
        self.second, self.signatory = another_reviewer(at), someone("signature", Role.SIGNATORY, None, at)
        self.company, self.reviewer, self.other, self.signs = (
            visit(person) for person in (self.claire, self.ines, self.second, self.signatory)
        )
        enrolment = enrolled(product_at("active", cast.claire, at, name="Veille [Web]"), code, cast.claire, at)
        self.company.open(f"/produits/{enrolment.subject.reference}/demarches/{code}/")
        self.company.presses("Candidater")
        self.number = Candidature.objects.get(enrolment=enrolment).number

    def mine(self) -> None:
        self.company.open(f"/candidatures/{self.number}/")

    def theirs(self, visitor: Visitor) -> None:
        visitor.open(f"/agence/candidatures/{self.number}/")

    # — Each kind of step, by hand —

    def filled_in(self, piece: StepPiece) -> None:
        """Every field that must be, then its documents, the recapitulation, and the form is handed over."""
        self.mine()
        self.company.follows(f"Compléter : {piece.title}")
        asked = self._asked(piece.code)
        for one in asked:
            self._types(one)
        self.company.presses("Enregistrer comme brouillon")
        expect(self.company.page.get_by_text("Brouillon enregistré le")).to_be_visible()
        for one in form_sheet(self.found, piece.code).call.asked(form_sheet(self.found, piece.code).values):
            if one.field.proof is not None and one.field.required:
                self.give(piece.code, one.field.proof.code)
        self.company.presses("Suivant")
        self.company.presses("Soumettre votre candidature")
        expect(self.company.page.get_by_text("L’agence examine")).to_be_visible()

    def _asked(self, code: str) -> list[object]:
        sheet = form_sheet(self.found, code)
        values = dict(sheet.taken)
        while True:  # an answer may call for others
            missing = [one for one in sheet.call.asked(values) if one.key not in values and one.field.kind != "file" and one.field.required]
            if not missing:
                return [one for one in sheet.call.asked(values) if one.field.kind != "file" and one.field.required]
            for one in missing:
                values[one.key] = one.field.choices[0].code if one.field.kind == "choice" else TYPED.get(one.field.kind, "Essai")

    def _types(self, one: object) -> None:
        page, place = self.company.page, f"f-{one.key.replace('.', '-')}"  # type: ignore[attr-defined]
        field = one.field  # type: ignore[attr-defined]
        answer = field.choices[0].code if field.kind == "choice" else TYPED.get(field.kind, "Essai")
        if field.kind in ("choice", "yes_no", "profiles", "choices"):
            for code in (answer,) if isinstance(answer, str) else answer:
                if not page.locator(f"#{place}-{code}").is_checked():
                    page.locator(f"label[for='{place}-{code}']").click()
        elif not page.locator(f"#{place}-saisie").input_value():
            page.locator(f"#{place}-saisie").fill(str(answer))

    def sent_back_and_corrected(self, piece: StepPiece) -> None:
        """One field is to be written otherwise; it alone opens again."""
        field = next(one for one in self._asked(piece.code) if one.field.kind == "text")  # type: ignore[attr-defined]
        place, page = f"f-{field.key}", self.reviewer.page  # type: ignore[attr-defined]
        self.theirs(self.reviewer)
        self.reviewer.follows(f"Examiner : {piece.title}")
        page.locator(f"#{place} summary").click()
        page.get_by_text(f"Demander de modifier « {field.field.title} »").click()  # type: ignore[attr-defined]
        page.locator(f"#{place}-texte").fill("Écrivez le nom en entier.")
        self.reviewer.presses("Demander ces modifications")
        self.mine()
        self.company.follows(f"Corriger : {piece.title}")
        expect(self.company.page.get_by_text("Écrivez le nom en entier.").first).to_be_visible()
        assert self.company.page.locator("[id$='-saisie']:visible").count() == 1
        self.company.page.locator(f"#{place}-saisie").fill("Claire, en entier")
        self.company.presses("Suivant")
        self.company.presses("Soumettre votre candidature")

    def accepted(self, piece: StepPiece) -> None:
        self.theirs(self.reviewer)
        self.reviewer.follows(f"Examiner : {piece.title}")
        self.reviewer.presses("Accepter l’étape")
        work_off()

    def signed(self, piece: StepPiece) -> None:
        self.mine()
        self.company.follows(f"Lire et signer : {piece.title}")
        signs_here(self.company, self.claire.email)
        work_off()
        self.theirs(self.signs)
        self.signs.follows(f"Lire et signer : {piece.title}")
        signs_here(self.signs, self.signatory.email)
        expect(self.signs.page.get_by_text("La convention est signée par les deux parties.")).to_be_visible()
        work_off()

    def proved(self, piece: StepPiece) -> None:
        """Each section is filled in, handed over by hand, examined requirement by requirement, and given back."""
        sections = evidence_sheet(self.found, piece.code).sections
        for section in sections:
            for proof in section.asked.proofs:
                self.give(piece.code, proof.code)
            self.company.open(f"/candidatures/{self.number}/etapes/{piece.code}/sections/{section.code}/")
            self.company.follows("Relire et soumettre la section")
            self.company.presses("Soumettre la section")
            expect(self.company.page.get_by_text("Soumise").first).to_be_visible()
        self.mine()
        expect(self.company.page.get_by_text("L’agence examine")).to_be_visible()
        for section in sections:
            place = f"/agence/candidatures/{self.number}/etapes/{piece.code}/sections/{section.code}/"
            self._judges(piece.code, section.code, by_hand=len(section.asked.proofs) == 1)
            self.reviewer.open(place)
            self.reviewer.follows("Relire et rendre la section")
            self.reviewer.presses("Rendre la section")
            if piece.second_look:
                self.other.open(place)
                self.other.follows("Relire et rendre la section")
                self.other.presses("Confirmer et rendre la section")
                expect(self.other.page.get_by_text("La section est acceptée.")).to_be_visible()
        assert self.step(piece.code).state == "accepted"
        work_off()

    def _judges(self, code: str, section: str, *, by_hand: bool) -> None:
        row = self.step(code).sections.get(code=section)
        row.step = self.step(code)
        if by_hand:
            self.reviewer.open(f"/agence/candidatures/{self.number}/etapes/{code}/sections/{section}/")
            self.reviewer.page.get_by_text("Acceptée", exact=True).click()
            self.reviewer.presses("Enregistrer et passer à la suivante")
            return
        for line in examination_of(row).lines:
            save_verdict(row.step, section, line.code, "accepted", "", "", "", 0, by=self.ines, at=self.at)

    def decided(self, piece: StepPiece) -> None:
        self.theirs(self.reviewer)
        self.reviewer.follows(f"Proposer, décider : {piece.title}")
        self.reviewer.page.get_by_text("Accorder", exact=True).click()
        self.reviewer.presses("Proposer")
        self.signs.open(f"/agence/candidatures/{self.number}/decisions/{piece.code}/")
        self.signs.presses("Décider d’accorder")
        work_off()


@pytest.mark.parametrize("code", ["dmn-nom-de-marque", "dmn-pecan", "dmn-pect", "segur-sas"])
def test_from_candidater_to_the_certificate(
    visit: Visit, cast: Cast, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    if code == "segur-sas":
        monkeypatch.setitem(TYPED, "profiles", ("general",))
    table = Table(visit, cast, at, code)
    first = True
    for piece in procedure_of(library(), table.found).steps:
        match piece.kind:
            case "form":
                table.filled_in(piece)
                if first and code == "dmn-nom-de-marque":
                    table.sent_back_and_corrected(piece)
                table.accepted(piece)
                first = False
            case "agreement":
                table.signed(piece)
            case "evidence":
                table.proved(piece)
            case "decision":
                table.decided(piece)
    certificate = Certificate.objects.get()
    table.mine()
    with table.company.page.expect_download() as taken:
        table.company.page.get_by_role("link", name="Télécharger le certificat").or_(
            table.company.page.get_by_role("link", name="Télécharger l’attestation")
        ).first.click()
    taken.value.save_as(tmp_path / "certificat.pdf")
    if shutil.which("pdfsig"):
        said = subprocess.run(["pdfsig", "-nocert", tmp_path / "certificat.pdf"], capture_output=True, text=True, check=False).stdout
        assert said.count("Signature is Valid.") == 1, said
    anyone = visit(None)
    anyone.open(f"/certificats/{certificate.number}/")
    expect(anyone.page.get_by_role("heading", name="Valide")).to_be_visible()
    anyone.page.get_by_label("Le PDF qu’on vous a remis").set_input_files(tmp_path / "certificat.pdf")
    anyone.presses("Vérifier ce fichier")
    expect(anyone.page.get_by_text("certificat.pdf est bien le fichier délivré par l’agence.")).to_be_visible()
    assert isinstance(table.second, Person)
