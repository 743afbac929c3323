"""Killed in the middle of a transition, what is left? State, journal, receipt, outgoing work, place in the queue: all, or none."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
from django.db import transaction
from django.utils.module_loading import import_string

from convergence.agreements.actions import countersign_agreement, request_signatures, sign_agreement
from convergence.agreements.models import Envelope, Signature, SigningCode
from convergence.agreements.queries import latest_paper
from convergence.agreements.signing import FIELDS, sign_with_code
from convergence.agreements.workflow import PLACED
from convergence.candidatures.actions import (
    Correction,
    accept_step,
    reject_step,
    request_changes,
    submit_section,
    submit_step,
    withdraw_candidature,
)
from convergence.candidatures.models import Candidature
from convergence.catalogue.models import Subject
from convergence.decisions.actions import decide_step, propose_decision
from convergence.reviews.actions import give_back_section, save_verdict
from convergence.wiring import AFTERWARDS
from foundation.accounts.models import Person
from foundation.documents.sealing import sealed
from foundation.files.store import read_kept
from foundation.journal.afterwards import react
from foundation.notifications.mail import post_mail
from tests.cast import Cast
from tests.dying import Act, die_everywhere, difference, live, reach, seen
from tests.factories import agreements as factory
from tests.factories.agreements import OUTCOME, agreement_of, code_for, signatory, signed_trial, signs, to_sign
from tests.factories.candidatures import drafted, step_of, submitted, trial_of
from tests.factories.catalogue import product_at
from tests.factories.decisions import PROCEDURE, judged_of, judgement, judges, proposed, to_judge
from tests.factories.sections import accept_all, fill_section, give_back, hand_over, proofs_step, proving, row, say
from tests.peers.yousign import KEY, SECRET, Simulator, yousign
from tests.queue import empty_queue, waiting, work_off

pytestmark = pytest.mark.slow  # a process for each statement, really committing


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is there, and when."""

    claire: Person
    ines: Person
    at: datetime


@pytest.fixture
def scene(committed_db: None, cast: Cast, at: datetime, settings, tmp_path, monkeypatch) -> Scene:
    """The bytes of a child outlive it: they are in a folder. The contents are looked at once: each life has the same moments."""
    (tmp_path / "files").mkdir()
    stores = copy.deepcopy(settings.STORAGES)
    stores["default"] = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES, settings.UPLOADS_DIR = stores, tmp_path / "uploads"
    for slow in MADE_ONCE:
        monkeypatch.setattr(slow, _made_once(slow))
    return Scene(cast.claire, cast.ines, at)


MADE_ONCE = (
    "convergence.agreements.actions.agreement_pdf",
    "convergence.agreements.actions.is_sealed_whole",
    "convergence.certificates.actions.seals_of",
    "convergence.certificates.jobs.certificate_pdf",
    "convergence.certificates.jobs.sealed",
)
"""What takes long and writes nothing: typeset, sealed, checked in the rehearsals; the same in every life for the same bytes."""


def _made_once(name: str) -> Callable[..., Any]:
    make, made = import_string(name), dict[tuple[Any, ...], Any]()

    def first(*args: Any, **named: Any) -> Any:
        read = tuple(one for one in args if isinstance(one, bytes | int))
        if read not in made:
            made[read] = make(*args, **named)
        return made[read]

    return first


def product(scene: Scene) -> Subject:
    return product_at("active", scene.claire, scene.at)


# — A form ————————————————————————————————————————————————————————————————————————————————


def handed_over(scene: Scene) -> Candidature:
    return submitted(trial_of(product(scene), scene.claire, scene.at), scene.claire, scene.at)


def submitting(scene: Scene) -> Act:
    step = step_of(drafted(trial_of(product(scene), scene.claire, scene.at), scene.claire, scene.at))
    return lambda: submit_step(step, by=scene.claire, at=scene.at)


def requesting_changes(scene: Scene) -> Act:
    step = step_of(handed_over(scene))
    asked = [Correction("pilot", "unclear", "Qui pilote ?"), Correction("email", "", "Une adresse qui existe.")]
    return lambda: request_changes(step, asked, by=scene.ines, at=scene.at)


def accepting(scene: Scene) -> Act:
    step = step_of(handed_over(scene))
    return lambda: accept_step(step, "Bon vol.", by=scene.ines, at=scene.at)


def rejecting(scene: Scene) -> Act:
    step = step_of(handed_over(scene))
    return lambda: reject_step(step, ["unfit"], "Trop lourd.", by=scene.ines, at=scene.at)


def withdrawing(scene: Scene) -> Act:
    candidature = handed_over(scene)
    return lambda: withdraw_candidature(candidature, "Nous renonçons.", by=scene.claire, at=scene.at)


# — Evidence ——————————————————————————————————————————————————————————————————————————————


def submitting_a_section(scene: Scene) -> Act:
    candidature = proving(scene.claire, scene.ines, scene.at)
    fill_section(candidature, scene.claire, scene.at)
    step = proofs_step(candidature)
    return lambda: submit_section(step, "lights", by=scene.claire, at=scene.at)


def completing_the_evidence(scene: Scene) -> Act:
    candidature = proving(scene.claire, scene.ines, scene.at)
    hand_over(candidature, scene.claire, scene.at)
    fill_section(candidature, scene.claire, scene.at, "engine")
    step = proofs_step(candidature)
    return lambda: submit_section(step, "engine", by=scene.claire, at=scene.at)


def examined(scene: Scene) -> Candidature:
    """All the evidence is with the agency; the engine is accepted, the lights are not given back."""
    candidature = proving(scene.claire, scene.ines, scene.at)
    for code in ("lights", "engine"):
        hand_over(candidature, scene.claire, scene.at, code)
    accept_all(candidature, scene.ines, scene.at, "engine")
    give_back(candidature, scene.ines, scene.at, "engine")
    say(candidature, "ILL-L 1", scene.ines, scene.at)
    return candidature


def saving_a_verdict(scene: Scene) -> Act:
    step = row(examined(scene)).step
    told = ("ILL-L 2", "changes_asked", "unreadable", "Floue.", "Pour nous.", 0)
    return lambda: save_verdict(step, "lights", *told, by=scene.ines, at=scene.at)


def returning_a_section(scene: Scene) -> Act:
    candidature = examined(scene)
    say(candidature, "ILL-L 2", scene.ines, scene.at, outcome="changes_asked", reason="unreadable", text="Floue.")
    step = row(candidature).step
    return lambda: give_back_section(step, "lights", by=scene.ines, at=scene.at)


def accepting_the_last_section(scene: Scene) -> Act:
    candidature = examined(scene)
    accept_all(candidature, scene.ines, scene.at)
    step = row(candidature).step
    return lambda: give_back_section(step, "lights", by=scene.ines, at=scene.at)


# — An agreement, a decision ——————————————————————————————————————————————————————————————


def sealing(scene: Scene, candidature: Candidature, person: Person, party: str) -> tuple[SigningCode, str, bytes]:
    """What a party brings to sign: its code, and the paper with its seal."""
    code = code_for(candidature, person, scene.at)
    paper = read_kept(latest_paper(agreement_of(candidature)).key)
    held = SigningCode.objects.get(person=person)
    return held, code, sealed(paper, FIELDS[party], reason="Essai", at=scene.at)


def to_be_signed(scene: Scene) -> Candidature:
    return to_sign(signed_trial(scene.claire, scene.at), scene.claire, scene.ines, scene.at)


def signing(scene: Scene) -> Act:
    candidature = to_be_signed(scene)
    brought = sealing(scene, candidature, scene.claire, "company")
    agreement = agreement_of(candidature)
    return lambda: sign_agreement(agreement, *brought, by=scene.claire, at=scene.at)


def countersigning(scene: Scene) -> Act:
    signatory_of_agency = signatory(scene.at)
    candidature = signs(to_be_signed(scene), scene.claire, scene.at)
    brought = sealing(scene, candidature, signatory_of_agency, "agency")
    agreement = agreement_of(candidature)
    return lambda: countersign_agreement(agreement, *brought, by=signatory_of_agency, at=scene.at)


def test_killed_between_the_try_and_the_signature_a_try_is_lost_and_the_code_still_signs(scene: Scene) -> None:
    """What a page calls commits twice: a guess is counted whatever happens next, then the signature is whole or is not."""
    candidature = to_be_signed(scene)
    code, agreement = code_for(candidature, scene.claire, scene.at), agreement_of(candidature)
    before = seen()
    for moment in count(1):
        life = live(lambda: sign_with_code(agreement, code, by=scene.claire, at=scene.at), die_at=moment)
        assert life.was_killed
        if life.has_committed:
            break
        assert seen().digests == before.digests
    lost = [(row["in"], row["is"], row.get("kind")) for row in difference(before, seen())]
    assert lost == [("agreements_signingcode", "changed", None), ("journal_entry", "added", "agreements.SigningCodeTried")]
    assert live(lambda: sign_with_code(agreement, code, by=scene.claire, at=scene.at)).outcome == "done"
    assert (agreement_of(candidature).state, Signature.objects.count()) == ("to_countersign", 1)


CERTIFYING = PROCEDURE[: PROCEDURE.index("outcome:")] + OUTCOME + "  appeal: Écrivez sous deux mois.\n"
"""The procedure that judges, where what is granted is certified."""


def before_its_decision(scene: Scene) -> Candidature:
    enrolment = judged_of(product(scene), scene.claire, scene.at, procedure=CERTIFYING)
    return to_judge(enrolment, scene.claire, scene.ines, scene.at)


def proposing(scene: Scene) -> Act:
    step = judgement(before_its_decision(scene))
    return lambda: propose_decision(step, "refused", ["noisy"], "Il s'entend de loin.", over=0, by=scene.ines, at=scene.at)


def granting(scene: Scene) -> Act:
    bench = judges(scene.at)
    step = proposed(before_its_decision(scene), scene.ines, scene.at, "granted")
    return lambda: decide_step(step, over=1, by=bench.signatory, at=scene.at)


def refusing(scene: Scene) -> Act:
    bench = judges(scene.at)
    step = proposed(before_its_decision(scene), scene.ines, scene.at)
    return lambda: decide_step(step, over=1, by=bench.signatory, at=scene.at)


# — Every verb ————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Verb:
    """How it is brought about, what it tells the journal, what is kept of it, and how it ends when done again."""

    brought: Callable[[Scene], Act]
    told: tuple[str, ...]
    kept: tuple[str, ...] = ()
    again: str = "wrong_state"


VERBS = {
    "submit_step": Verb(submitting, ("candidatures.StepSubmitted",), ("candidatures_submission",)),
    "request_changes": Verb(requesting_changes, ("candidatures.ChangesRequested",)),
    "accept_step": Verb(accepting, ("candidatures.StepAccepted",)),
    "reject_step": Verb(rejecting, ("candidatures.StepRejected",)),
    "withdraw_candidature": Verb(withdrawing, ("candidatures.CandidatureWithdrawn",)),
    "submit_section": Verb(submitting_a_section, ("candidatures.SectionSubmitted",), ("candidatures_submission",)),
    "submit_section, the last": Verb(
        completing_the_evidence, ("candidatures.SectionSubmitted", "candidatures.EvidenceComplete"), ("candidatures_submission",)
    ),
    "save_verdict": Verb(saving_a_verdict, ("reviews.VerdictSaved",), ("reviews_requirementverdict",), "done"),
    "give_back_section, returned": Verb(
        returning_a_section, ("reviews.SectionGivenBack",), ("reviews_report", "candidatures_changerequest")
    ),
    "give_back_section, the last": Verb(
        accepting_the_last_section, ("reviews.SectionGivenBack", "candidatures.StepConcluded"), ("reviews_report",)
    ),
    "sign_agreement": Verb(signing, ("agreements.AgreementSigned",), ("agreements_signature", "agreements_paper")),
    "countersign_agreement": Verb(
        countersigning,
        ("agreements.AgreementCountersigned", "candidatures.StepConcluded", "certificates.CertificateIssued"),
        ("agreements_signature", "agreements_paper", "certificates_certificate"),
    ),
    "propose_decision": Verb(proposing, ("decisions.DecisionProposed",), ("decisions_proposal",), "diverged"),
    "decide_step, granted": Verb(
        granting,
        ("candidatures.StepConcluded", "certificates.CertificateIssued", "decisions.StepDecided"),
        ("decisions_decision", "certificates_certificate"),
    ),
    "decide_step, refused": Verb(refusing, ("candidatures.StepRefused", "decisions.StepDecided"), ("decisions_decision",)),
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_transition_is_whole_or_is_not(scene: Scene, verb: str) -> None:
    """After the death that follows the COMMIT, everything is there: the receipt, the certificate, the work of each who reacts later."""
    case = VERBS[verb]
    ending = die_everywhere(case.brought(scene))
    assert tuple(kind for kind in ending.told if not kind.startswith("messaging.")) == case.told
    later = {event.kind(): reactions for event, reactions in AFTERWARDS.items()}
    expected = [f"{one.__module__}.{one.__qualname__}" for kind in ending.told for one in later.get(kind, ())]
    assert sorted(one for one in ending.queued if "." in one) == sorted(expected)
    assert [len(ending.added(table)) for table in case.kept] == [1] * len(case.kept)
    assert ending.again == case.again


# — A worker ——————————————————————————————————————————————————————————————————————————————


def work_of(name: str) -> dict[str, Any]:
    """What was queued for a reaction, or for a task."""
    (found,) = [told for task, told in waiting() if name in (task, told.get("reaction", "").rpartition(".")[2])]
    return found


def reacting(name: str, brought: Callable[[Scene], Act]) -> Callable[[Scene], Act]:
    """A worker does what a verb queued; killed after its COMMIT, it has not said so: another does it again."""

    def bring(scene: Scene) -> Act:
        act = brought(scene)
        empty_queue()
        act()
        told = work_of(name)
        return lambda: react(**told)

    return bring


def accepting_before_an_agreement(scene: Scene) -> Act:
    candidature = drafted(signed_trial(scene.claire, scene.at), scene.claire, scene.at)
    submit_step(step_of(candidature), by=scene.claire, at=scene.at)
    step = step_of(candidature)
    return lambda: accept_step(step, "", by=scene.ines, at=scene.at)


@dataclass(frozen=True, slots=True)
class Work:
    """The verb that queues it, what it tells the journal, what it queues in turn."""

    brought: Callable[[Scene], Act]
    told: tuple[str, ...] = ()
    queued: tuple[str, ...] = ()


WORKS = {
    "prepare_agreements": Work(accepting_before_an_agreement, ("agreements.AgreementPrepared",), ("agreement_prepared",)),
    "make_paper": Work(countersigning, ("certificates.CertificateSealed",), ("certificate_sealed",)),
    "take_when_examined": Work(accepting, ("reviews.CandidatureTaken",)),
    "step_accepted": Work(accepting, (), ("send_mail",)),
}


@pytest.mark.parametrize("name", WORKS)
def test_a_worker_does_the_whole_of_it_once_however_often_it_dies(scene: Scene, name: str) -> None:
    case = WORKS[name]
    ending = die_everywhere(reacting(name, case.brought)(scene))
    assert tuple(ending.told) == case.told
    assert tuple(one.rpartition(".")[2] for one in ending.queued) == case.queued
    assert ending.again == "done"


def test_a_mail_cut_short_leaves_twice_at_most_and_is_the_same(scene: Scene, settings, tmp_path: Path) -> None:
    """Between the mail server, which took it, and the queue, which does not know: whoever reads mails sees one."""
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", tmp_path / "mail"
    left = []
    for moment in count(1):
        empty_queue()
        post_mail("claire@demo.invalid", "Objet", "Texte", about=f"essai:{moment}")
        identifier = work_of("send_mail")["message_id"]
        life = live(work_off, die_at=moment)
        if not life.was_killed:
            break
        assert live(work_off).outcome == "done"
        assert waiting() == []
        letters = "".join(file.read_text() for file in (tmp_path / "mail").iterdir())
        left.append(letters.count(f"Message-ID: {identifier}"))
    assert set(left) == {1, 2}  # before the mail server had it, or the queue knew; between the two


def test_a_paper_is_asked_to_be_signed_once_wherever_the_worker_dies(scene: Scene, settings, tmp_path: Path, monkeypatch) -> None:
    """Between two calls to the provider, between its answer and our COMMIT: done again, it goes on with the request already made."""
    monkeypatch.setattr(factory, "AGREEMENT", factory.AGREEMENT + "provider: yousign\n")
    ask = requests.request

    def asking(method: str, address: str, **more: Any) -> requests.Response:
        reach(f"{method} {address}")
        answer = ask(method, address, **more)
        reach(f"{method} {address} : {answer.status_code}")
        return answer

    with yousign(tmp_path) as provider:
        settings.YOUSIGN_KEY, settings.YOUSIGN_SECRET, settings.YOUSIGN_URL = KEY, SECRET, provider.url
        signatory(scene.at)
        agreement = agreement_of(to_be_signed(scene))
        act = reacting("send_to_provider", lambda _: lambda: request_signatures(agreement, by=scene.claire, at=scene.at))(scene)
        monkeypatch.setattr(requests, "request", asking)
        before, alone = seen(), 0
        for moment in count(1):
            provider.requests.clear()
            life = live(act, die_at=moment)
            assert life.was_killed
            if life.has_committed:
                break
            assert seen().digests == before.digests
            alone += len(provider.requests)
            with transaction.atomic():
                act()
                transaction.set_rollback(True)
            assert asked_once(provider)
        assert alone > 0, "jamais tué entre la demande et sa trace"
        envelope = Envelope.objects.get()
        assert (envelope.state, envelope.reference) == (PLACED, provider.only()["id"])
        calls = len(provider.calls)
        assert live(act).outcome == "done"
        assert len(provider.calls) == calls
        assert asked_once(provider)


def asked_once(provider: Simulator) -> bool:
    """One request, sent, of one paper, to both."""
    request = provider.only()
    return (request["status"], len(request["documents"]), len(request["signers"])) == ("ongoing", 1, 2)
