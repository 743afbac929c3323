"""Which candidatures has the demonstration? A medical device to be certified, and one that is. All by the real actions.

Of the first, the agreement is signed and the evidence deposited in part: one section is accepted, one sent back, one waits for the
agency, the others are to be filled in.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
from PIL import Image, ImageDraw, ImageFont

from convergence.agreements.actions import prepare_agreement, send_signing_code
from convergence.agreements.codes import code_of
from convergence.agreements.queries import agreement_sheet, code_awaited
from convergence.agreements.signing import sign_with_code
from convergence.candidatures.actions import Typed, accept_step, begin_candidature, save_form, submit_section, submit_step
from convergence.candidatures.conversations import TOPIC
from convergence.candidatures.documents import about_document, put_document
from convergence.candidatures.queries import candidature_of, form_sheet
from convergence.candidatures.sections import evidence_sheet
from convergence.decisions.actions import decide_step, propose_decision
from convergence.decisions.queries import decided_step
from convergence.decisions.rules import GRANTED
from convergence.reviews.actions import give_back_section, save_verdict
from convergence.reviews.examination import section_handed_over
from convergence.reviews.rules import ACCEPTED, CHANGES_ASKED
from foundation.files.actions import deposit_whole, pass_file
from foundation.files.queries import file_of
from foundation.journal.actor import SYSTEM
from foundation.messaging.actions import post_message, write_note
from foundation.messaging.queries import conversation_about

if TYPE_CHECKING:
    from convergence.candidatures.models import Candidature
    from convergence.candidatures.sections import EvidenceSheet, SectionSheet
    from convergence.catalogue.models import Enrolment
    from convergence.content.schema import ExpectedProof
    from foundation.accounts.models import Person

ADMISSIBILITY, AGREEMENT, EVIDENCE, DECISION = "recevabilite", "convention", "depot-preuves", "decision"
VALUES = {
    "legal_last_name": "Claire", "legal_first_name": "Claire", "legal_email": "claire@demo.invalid", "legal_phone": "01 99 00 00 01",
    "contact_last_name": "Karim", "contact_first_name": "Karim", "contact_role": "Qualité", "contact_email": "karim@demo.invalid",
    "contact_phone": "01 99 00 00 02", "applicant": "manufacturer", "group": "no", "device_class": "class_2a",
}  # fmt: skip
"""What the form of admissibility asks and the platform does not know."""


def certification(enrolment: Enrolment, claire: Person, ines: Person, signatory: Person, at: datetime) -> None:
    """A candidature of this product, from its first day to the third week of its evidence."""
    number = begin_candidature(enrolment, by=claire, at=at).number
    _admissible(number, claire, ines, at + timedelta(hours=2))
    _signed(number, claire, signatory, at + timedelta(days=5))
    day = at + timedelta(days=10)
    for code in ("port", "adm", "rgpd"):
        _give(number, _section(number, code, claire), claire, day)
        submit_section(_evidence(number, claire).step, code, by=claire, at=day + timedelta(hours=1))
    _give(number, _section(number, "ins", claire), claire, day + timedelta(days=2), share=12)
    _examined(number, ines, day + timedelta(days=4))
    _talked(number, claire, ines, day + timedelta(days=5))


def certified(enrolment: Enrolment, claire: Person, ines: Person, signatory: Person, at: datetime) -> None:
    """A candidature of this product, to its certificate: every section accepted, the decision taken by another than who proposes it."""
    number = begin_candidature(enrolment, by=claire, at=at).number
    _admissible(number, claire, ines, at + timedelta(hours=2))
    _signed(number, claire, signatory, at + timedelta(days=5))
    day = at + timedelta(days=10)
    for code in [section.code for section in _evidence(number, claire).sections]:
        _give(number, _section(number, code, claire), claire, day)
        submit_section(_evidence(number, claire).step, code, by=claire, at=day + timedelta(hours=1))
        _judged(number, code, ines, day + timedelta(days=4))
    step = decided_step(candidature_of(number, claire), DECISION)
    words = "Toutes les exigences des profils choisis sont satisfaites."
    proposal = propose_decision(step, GRANTED, [], words, over=0, by=ines, at=day + timedelta(days=5)).proposal
    decide_step(step, over=proposal, by=signatory, at=day + timedelta(days=8))


def _talked(number: str, claire: Person, ines: Person, at: datetime) -> None:
    """A question, its answer not read yet, and what the agency notes aside."""
    conversation = conversation_about(TOPIC, number)
    assert conversation is not None
    for who, text, after in (
        (claire, "Bonjour, une même vidéo peut-elle servir à plusieurs scénarios de la section « Identification des usagers » ?", 0),
        (ines, "Bonjour, oui, si chaque scénario se voit à un moment que vous indiquez dans le nom du fichier.", 26),
        (ines, "Pour la section « Administration », ajoutez seulement qui administre le produit : le reste est clair.", 27),
    ):
        post_message(conversation, text, by=who, at=at + timedelta(hours=after))
        conversation.refresh_from_db()
    write_note(conversation, "À relire avec la coordination si la section revient.", by=ines, at=at + timedelta(hours=28))


def _admissible(number: str, claire: Person, ines: Person, at: datetime) -> None:
    """The form and its documents, handed over, then accepted."""
    sheet = form_sheet(candidature_of(number, claire), ADMISSIBILITY)
    values: dict[str, str | tuple[str, ...]] = {**sheet.taken, **VALUES, "profiles": ("general", "user_access")}
    typed = {key: Typed((value,) if isinstance(value, str) else value, 0) for key, value in values.items()}
    save_form(sheet.step, typed, by=claire, at=at)
    sheet = form_sheet(candidature_of(number, claire), ADMISSIBILITY)
    for one in sheet.call.asked(sheet.values):
        if one.field.proof is not None and one.field.required:
            _deposit(sheet.candidature, ADMISSIBILITY, one.field.proof, claire, at, paper(str(one.field.title)), "pdf")
    submit_step(sheet.step, by=claire, at=at + timedelta(minutes=20))
    accept_step(sheet.step, "", by=ines, at=at + timedelta(days=3))


def _signed(number: str, claire: Person, signatory: Person, at: datetime) -> None:
    """The agreement, signed by the company, then by the agency; each with the code they were sent."""
    found = candidature_of(number, claire)
    prepare_agreement(agreement_sheet(found, AGREEMENT).step, by=SYSTEM, at=at - timedelta(days=1))
    for person in (claire, signatory):
        agreement = agreement_sheet(found, AGREEMENT).agreement
        assert agreement is not None
        send_signing_code(agreement, by=person, at=at)
        code = code_awaited(agreement, person, at)
        assert code is not None
        sign_with_code(agreement, code_of(code), by=person, at=at + timedelta(minutes=2))
        at += timedelta(days=1)


def _examined(number: str, ines: Person, at: datetime) -> None:
    """« PORT » is accepted, « ADM » sent back."""
    for code, outcome, reason, text in (
        ("port", ACCEPTED, "", ""),
        ("adm", CHANGES_ASKED, "incomplete", "Le document ne dit pas qui administre le produit. Ajoutez-le, puis déposez-le de nouveau."),
    ):
        _judged(number, code, ines, at, outcome, reason, text)


def _judged(number: str, code: str, ines: Person, at: datetime, outcome: str = ACCEPTED, reason: str = "", text: str = "") -> None:
    """One section: the same verdict on each of its requirements, then given back."""
    step = section_handed_over(number, EVIDENCE, code, ines).step
    for requirement in _asked(number, code, ines):
        save_verdict(step, code, requirement, outcome, reason, text, "", 0, by=ines, at=at)
    give_back_section(step, code, by=ines, at=at + timedelta(minutes=5))


def _asked(number: str, code: str, person: Person) -> list[str]:
    row = section_handed_over(number, EVIDENCE, code, person)
    return [one.code for one in evidence_sheet(row.step.candidature, EVIDENCE).section(code).requirements]


def _evidence(number: str, person: Person) -> EvidenceSheet:
    return evidence_sheet(candidature_of(number, person), EVIDENCE)


def _section(number: str, code: str, person: Person) -> SectionSheet:
    return _evidence(number, person).section(code)


def _give(number: str, section: SectionSheet, claire: Person, at: datetime, share: int | None = None) -> None:
    """A file in the slots of a section, or in the first of them, of the kind each expects."""
    words = {
        proof.code: str(scenario.text) for one in section.requirements for scenario in one.asked.scenarios for proof in scenario.proofs
    }
    for proof in section.asked.proofs[:share]:
        if proof.kind == "log":
            body, kind = f"{at:%Y-%m-%dT%H:%M}Z utilisateur=essai action=consultation\n# {words[proof.code]}\n".encode(), "txt"
        elif proof.kind in ("demonstration", "screenshot"):
            body, kind = screen(proof.code, words[proof.code]), "png"
        else:
            body, kind = paper(f"{proof.code} {proof.title}"), "pdf"
        _deposit(section.sheet.candidature, EVIDENCE, proof, claire, at, body, kind)


TYPES = {"pdf": "application/pdf", "png": "image/png", "txt": "text/plain"}


def _deposit(candidature: Candidature, code: str, proof: ExpectedProof, by: Person, at: datetime, body: bytes, kind: str) -> None:
    """Received, put in its slot, found clean."""
    step = candidature.steps.get(code=code)
    name = f"{proof.code.lower().replace(' ', '-')}.{kind}"
    upload = deposit_whole(candidature.enrolment.subject.company, about_document(step, proof.code), name, len(body), [body], by=by, at=at)
    file = file_of(upload.reference)
    assert file is not None
    put_document(file, by=by, at=at)
    pass_file(file, media_type=TYPES[kind], engine="démonstration", by=SYSTEM, at=at)


def screen(code: str, words: str) -> bytes:
    """A screenshot of a product that does not exist."""
    body, image = BytesIO(), Image.new("RGB", (960, 420), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(22)
    draw.rectangle((0, 0, 960, 52), fill="#2b3a55")
    draw.text((24, 12), f"CardioVeille, environnement de test : {code}", fill="white", font=font)
    lines = [""]
    for word in words.split():
        lines[-1:] = [f"{lines[-1]} {word}".strip()] if len(lines[-1]) + len(word) < 76 else [lines[-1], word]
    for rank, line in enumerate(lines[:9]):
        draw.text((24, 84 + 34 * rank), line, fill="#1e1e1e", font=font)
    image.save(body, "PNG")
    return body.getvalue()


def paper(title: str) -> bytes:
    """A page that bears its title, and says that it is made up."""
    body = BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica, Encoding=pikepdf.Name.WinAnsiEncoding)  # fmt: skip
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        lines = [title, "Document fictif de la démonstration."]
        shown = b" ".join(
            b"(%s) Tj 0 -28 Td" % line.encode("cp1252", "replace").replace(b"(", b"\\(").replace(b")", b"\\)") for line in lines
        )
        page.Contents = pdf.make_stream(b"BT /F1 16 Tf 64 760 Td %s ET" % shown)
        pdf.save(body, deterministic_id=True)
    return body.getvalue()
