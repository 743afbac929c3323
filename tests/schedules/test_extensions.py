"""More time: asked by who binds the company, proposed by a reviewer, granted by someone else; then it holds for the submission too."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from convergence.candidatures.actions import extend_closing, submit_step
from convergence.candidatures.models import Candidature, Step
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment
from convergence.schedules.actions import ask_extension, decline_extension, grant_extension, propose_extension
from convergence.schedules.jobs import watch_deadlines
from convergence.schedules.models import Extension
from convergence.schedules.queries import closing_step, extensions_of, new_extension
from convergence.schedules.workflow import EXTENSION
from foundation.accounts.actions import declare_conflict
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from tests.cast import Cast
from tests.crossing import as_read_aloud, unreachable
from tests.factories.candidatures import drafted, step_of, submitted
from tests.factories.people import fresh, someone
from tests.factories.schedules import paris
from tests.refusals import refused, remembered

LATER = paris("2026-12-18 14:00")


@pytest.fixture
def draft(cast: Cast, at: datetime, enrolment: Enrolment) -> Candidature:
    return drafted(enrolment, cast.claire, at)


@pytest.fixture
def coordinator(cast: Cast, at: datetime) -> Person:
    return someone("coordinator", Role.COORDINATOR, None, at)


def asked(found: Candidature, person: Person, at: datetime, day: str = "2026-12-18", reason: str = "Panne.") -> Extension:
    event = ask_extension(new_extension(closing_step(found, "dossier"), datetime.fromisoformat(day).date(), reason), by=person, at=at)
    return Extension.objects.get(pk=event.extension)


def again(extension: Extension) -> Extension:
    return Extension.objects.get(pk=extension.pk)


def test_the_life_of_a_request_read_aloud() -> None:
    assert as_read_aloud(EXTENSION) == {
        "propose_extension": {"asked": "proposed", "proposed": None, "granted": None, "declined": None},
        "grant_extension": {"asked": None, "proposed": "granted", "granted": None, "declined": None},
        "decline_extension": {"asked": "declined", "proposed": "declined", "granted": None, "declined": None},
    }
    assert unreachable(EXTENSION) == set()


def test_two_people_put_the_date_off_and_the_form_is_taken_until_then(
    cast: Cast, at: datetime, draft: Candidature, coordinator: Person
) -> None:
    late = paris("2026-12-14 14:00")
    with refused("ne peut plus être soumise", code="late", status=409):
        submit_step(step_of(draft), by=cast.claire, at=late)
    extension = asked(draft, cast.claire, at)
    assert extension.until == LATER, "à l'heure de la clôture"
    with refused("Cette action n'est plus possible", code="wrong_state", status=409):
        grant_extension(extension, "", by=coordinator, at=at)
    propose_extension(extension, extension.until, by=cast.ines, at=at)
    with refused("une autre personne de l'agence"):
        grant_extension(extension, "", by=cast.ines, at=at)
    with remembered("candidatures.ClosingExtended", "schedules.ExtensionGranted"):
        granted = grant_extension(extension, "Accordé.", by=coordinator, at=at)
    assert datetime.fromisoformat(granted.until) == LATER
    assert step_of(draft).extended_to == LATER
    with refused("ne peut plus être soumise", code="late", status=409):
        submit_step(step_of(draft), by=cast.claire, at=LATER)
    submit_step(step_of(draft), by=cast.claire, at=paris("2026-12-18 13:59"))


def test_reminders_follow_the_date_put_off(cast: Cast, at: datetime, draft: Candidature, coordinator: Person) -> None:
    assert watch_deadlines(paris("2026-12-12 10:00")) == 1
    extension = asked(draft, cast.claire, at)
    propose_extension(extension, LATER, by=cast.ines, at=at)
    grant_extension(extension, "", by=coordinator, at=at)
    assert watch_deadlines(paris("2026-12-13 10:00")) == 1, "sept jours avant la date nouvelle sont passés"
    assert watch_deadlines(paris("2026-12-14 15:00")) == 0
    assert watch_deadlines(paris("2026-12-18 15:00")) == 1


def test_who_asks_and_for_what(cast: Cast, at: datetime, draft: Candidature) -> None:
    grant_rights(draft.enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    for person in (cast.zoe, fresh(cast.karim)):
        with refused("ne permet pas de soumettre"):
            asked(draft, person, at)
    with refused("Dites pourquoi", code="no_reason", status=400):
        asked(draft, cast.claire, at, reason="  ")
    with refused("raccourcissez-le", code="too_long", status=400):
        asked(draft, cast.claire, at, reason="x" * 2001)
    for day in ("2026-12-14", "2026-12-01"):
        with refused("postérieure à la date de clôture", code="not_later", status=400):
            asked(draft, cast.claire, at, day=day)
    asked(draft, cast.claire, at)
    with refused("déjà demandé", code="duplicate", status=409):
        asked(draft, cast.claire, at)


def test_what_was_submitted_has_no_date_to_put_off(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    found = submitted(enrolment, cast.claire, at)
    with refused("n'attend plus d'être soumise", code="wrong_state", status=409):
        asked(found, cast.claire, at)
    with pytest.raises(Step.DoesNotExist):
        closing_step(found, "visite")


def test_who_proposes_who_grants_and_who_is_kept_from_it(cast: Cast, at: datetime, draft: Candidature, coordinator: Person) -> None:
    extension = asked(draft, cast.claire, at)
    for person in (cast.claire, cast.hugo, coordinator):
        with refused("Un vérificateur propose"):
            propose_extension(extension, LATER, by=person, at=at)
    with refused("postérieure", code="not_later", status=400):
        propose_extension(extension, paris("2026-12-14 14:00"), by=cast.ines, at=at)
    propose_extension(extension, LATER, by=cast.ines, at=at)
    with refused("Votre rôle ne permet pas d'accorder"):
        grant_extension(extension, "", by=cast.hugo, at=at)
    second = someone("second", Role.REVIEWER, None, at)
    declare_conflict(second, cast.aubepine, "Parent.", by=second, at=at)
    with refused("un collègue répond"):
        grant_extension(extension, "", by=second, at=at)
    with refused("ne permet pas d'accorder un report"):
        extend_closing(step_of(draft), LATER, by=cast.hugo, at=at)


def test_declined_with_its_reason_the_date_stays(cast: Cast, at: datetime, draft: Candidature) -> None:
    extension = asked(draft, cast.claire, at)
    with refused("pourquoi la date ne change pas", code="no_reason", status=400):
        decline_extension(extension, " ", by=cast.ines, at=at)
    with refused("ne permet pas de répondre"):
        decline_extension(extension, "Non.", by=cast.claire, at=at)
    decline_extension(extension, "Le calendrier est national.", by=cast.ines, at=at)
    assert [(one.state, one.text) for one in extensions_of(draft)] == [("declined", "Le calendrier est national.")]
    assert step_of(draft).extended_to is None
    asked(draft, cast.claire, at)


def test_the_database_too_wants_two_people(cast: Cast, at: datetime, draft: Candidature) -> None:
    extension = asked(draft, cast.claire, at)
    propose_extension(extension, LATER, by=cast.ines, at=at)
    with pytest.raises(IntegrityError, match="extension_by_two_people"), transaction.atomic():
        Extension.objects.filter(pk=extension.pk).update(state="granted", settled_by=cast.ines, settled_at=at)
