"""Does each procedure with a certificate go from « Candidater » to its end? Walked step by step as its pack says, by the real actions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from convergence.agreements.actions import prepare_agreement, send_signing_code
from convergence.agreements.codes import code_of
from convergence.agreements.queries import agreement_sheet, code_awaited
from convergence.agreements.signing import sign_with_code
from convergence.boards.actions import give_member_opinion, opinions_told, put_on_agenda, record_outcome, schedule_session
from convergence.boards.models import BoardSession, Case
from convergence.boards.queries import case_file, new_session
from convergence.boards.rules import FAVOURABLE, GRANTED
from convergence.candidatures.actions import Typed, accept_step, begin_candidature, save_form, submit_section, submit_step
from convergence.candidatures.calls import procedure_of
from convergence.candidatures.documents import about_document, put_document
from convergence.candidatures.models import Candidature, Step
from convergence.candidatures.queries import candidature_of, form_sheet
from convergence.candidatures.sections import evidence_sheet
from convergence.certificates.models import Certificate
from convergence.content.library import library
from convergence.content.schema import FormField
from convergence.decisions.actions import decide_step, propose_decision
from convergence.reviews.actions import give_back_section, save_verdict
from convergence.reviews.examination import examination_of
from foundation.accounts.rights import Role
from foundation.files.actions import deposit_whole, pass_file
from foundation.files.models import StoredFile
from foundation.journal.actor import SYSTEM
from foundation.journal.models import Entry
from tests.cast import Cast
from tests.factories.catalogue import enrolled, product_at
from tests.factories.evidence import pdf
from tests.factories.people import someone
from tests.factories.sections import another_reviewer

TYPED: dict[str, Any] = {
    "email": "claire@demo.invalid",
    "phone": "01 99 00 00 01",
    "siren": "834217697",
    "date": "01/09/2026",
    "yes_no": "no",
    "profiles": ("general", "user_access"),
}
"""What is typed in a field of each kind; elsewhere, a word."""


class Walk:
    """Everyone a candidature meets, an hour later at each step."""

    def __init__(self, cast: Cast, at: datetime, code: str) -> None:
        self.claire, self.ines, self.at = cast.claire, cast.ines, at
        self.second, self.signatory = another_reviewer(at), someone("signature", Role.SIGNATORY, None, at)
        enrolment = enrolled(product_at("active", cast.claire, at), code, cast.claire, at)
        self.number = begin_candidature(enrolment, by=cast.claire, at=at).number

    @property
    def found(self) -> Candidature:
        return candidature_of(self.number, self.claire)

    def step(self, code: str) -> Step:
        return Step.objects.select_related("candidature__enrolment__subject__company").get(candidature__number=self.number, code=code)

    def give(self, code: str, slot: str) -> None:
        step, body = self.step(code), pdf(f"{code} {slot}")
        company = step.candidature.enrolment.subject.company
        upload = deposit_whole(company, about_document(step, slot), f"{slot}.pdf", len(body), [body], by=self.claire, at=self.at)
        file = StoredFile.objects.get(reference=upload.reference)
        put_document(file, by=self.claire, at=self.at)
        pass_file(file, media_type="application/pdf", engine="test", by=SYSTEM, at=self.at)

    def form(self, code: str) -> None:
        sheet = form_sheet(self.found, code)
        values: dict[str, Any] = dict(sheet.taken)
        while True:  # an answer may call for others
            missing = [one for one in sheet.call.asked(values) if one.key not in values and one.field.kind != "file" and one.field.required]
            if not missing:
                break
            for one in missing:
                values[one.key] = self._typed(one.field)
        typed = {key: Typed(value if isinstance(value, tuple) else (value,), 0) for key, value in values.items()}
        save_form(self.step(code), typed, by=self.claire, at=self.at)
        for one in form_sheet(self.found, code).call.asked(values):
            if one.field.proof is not None and one.field.required:
                self.give(code, one.field.proof.code)
        submit_step(self.step(code), by=self.claire, at=self.at)
        accept_step(self.step(code), "", by=self.ines, at=self.at)

    def _typed(self, field: FormField) -> Any:
        if field.choices:
            first = field.choices[0].code
            return first if field.kind == "choice" else (first,)
        return TYPED.get(field.kind, "Essai")

    def agreement(self, code: str) -> None:
        prepare_agreement(self.step(code), by=SYSTEM, at=self.at)
        for person in (self.claire, self.signatory):
            agreement = agreement_sheet(self.found, code).agreement
            send_signing_code(agreement, by=person, at=self.at)
            sign_with_code(agreement, code_of(code_awaited(agreement, person, self.at)), by=person, at=self.at)

    def evidence(self, code: str) -> None:
        sections = evidence_sheet(self.found, code).sections
        for section in sections:
            for proof in section.asked.proofs:
                self.give(code, proof.code)
            submit_section(self.step(code), section.code, by=self.claire, at=self.at)
        assert self.step(code).state == "submitted"
        for section in sections:
            self._examined(code, section.code)

    def _examined(self, code: str, section: str) -> None:
        row = self.step(code).sections.get(code=section)
        row.step = self.step(code)
        for line in examination_of(row).lines:
            save_verdict(row.step, section, line.code, "accepted", "", "", "", 0, by=self.ines, at=self.at)
        if give_back_section(row.step, section, by=self.ines, at=self.at).result == "to_confirm":
            assert give_back_section(row.step, section, by=self.second, at=self.at).result == "accepted"

    def board(self, code: str) -> None:
        """As many members as the content asks for are in favour, in a session held an hour later."""
        lead = someone("coordination", Role.COORDINATOR, None, self.at)
        terms = next(piece for piece in procedure_of(library(), self.found).steps if piece.code == code).board
        assert terms is not None
        held = schedule_session(new_session(self.at + timedelta(hours=1), "Salle du phare"), by=lead, at=self.at)
        session = BoardSession.objects.get(pk=held.session)
        case = Case.objects.get(pk=put_on_agenda(self.step(code), session.pk, by=lead, at=self.at).case)
        self.at += timedelta(hours=1)
        for rank in range(terms.quorum):
            member = someone(f"membre-{rank}", Role.BOARD_MEMBER, None, self.at)
            give_member_opinion(case, FAVOURABLE, (), "", 0, by=member, at=self.at)
        told = opinions_told(case_file(session.pk, case.pk))
        record_outcome(case, GRANTED, (), "", over=told, by=lead, at=self.at)

    def decision(self, code: str) -> None:
        propose_decision(self.step(code), "granted", [], "", over=0, by=self.ines, at=self.at)
        decide_step(self.step(code), over=1, by=self.signatory, at=self.at)

    def to_its_end(self) -> None:
        for piece in procedure_of(library(), self.found).steps:
            self.at += timedelta(hours=1)
            getattr(self, piece.kind)(piece.code)


WALKED = [
    pytest.param("dmn-nom-de-marque", ("general", "user_access"), 45, id="dmn-nom-de-marque"),
    pytest.param("dmn-pecan", ("general", "user_access"), 45, id="dmn-pecan"),
    pytest.param("dmn-pect", ("general", "user_access"), 45, id="dmn-pect"),
    pytest.param("segur-sas", ("general",), 6, id="segur-sas"),
    pytest.param("segur-vague-2-lgc", ("general",), 127, id="segur-vague-2-lgc"),
    pytest.param("label-logiciel-mcs", (), 9, id="label-logiciel-mcs"),
]
"""A procedure, the profiles chosen in its form, and how many proofs they ask for."""


@pytest.mark.slow  # up to a hundred files and two seals each
@pytest.mark.parametrize(("code", "profiles", "proofs"), WALKED)
def test_from_applying_to_the_certificate(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch, code: str, profiles: tuple[str, ...], proofs: int) -> None:  # fmt: skip
    monkeypatch.setitem(TYPED, "profiles", profiles)
    walk = Walk(cast, at, code)
    walk.to_its_end()
    ended: Candidature = Candidature.objects.get(number=walk.number)
    assert ended.state == "completed"
    assert {step.state for step in Step.objects.filter(candidature=ended)} == {"accepted"}
    (proved,) = [piece.code for piece in procedure_of(library(), ended).steps if piece.kind == "evidence"]
    evidence = Step.objects.get(candidature=ended, code=proved)
    assert sum(len(one.documents) for one in evidence.submissions.all()) == proofs
    assert Entry.objects.filter(kind="candidatures.EvidenceComplete").count() == 1
    certificate = Certificate.objects.get(candidature=ended)
    assert certificate.product == ended.enrolment.subject.name
    assert certificate.level == ("Niveau 1" if code == "label-logiciel-mcs" else "")
