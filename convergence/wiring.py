"""Who reacts to what? The only upward road of the house, in two tables one can read aloud."""

from __future__ import annotations

from convergence.assessments.carrying import carry_answers
from convergence.assessments.events import AssessmentValidated, ValidationRequested, ValidationSentBack
from convergence.assessments.notices import assessment_validated, validation_requested, validation_sent_back
from convergence.assessments.standings import open_standings, open_standings_of_version, refresh_standings_of_subject
from convergence.catalogue.events import ProductEnrolled, ProductQualified, ProductRequalified, ProductVersionStarted
from convergence.catalogue.leaving import withdraw_grants
from convergence.projections.carrying import carry_targets
from convergence.projections.outlooks import refresh_outlooks_of_subject, refresh_outlooks_of_validated
from foundation.accounts.events import SeatEnded
from foundation.core.event import Event
from foundation.invitations import events as entering
from foundation.invitations import notices as welcoming
from foundation.journal import action, afterwards
from foundation.journal.afterwards import Reaction

AT_ONCE: dict[type[Event], tuple[Reaction, ...]] = {
    SeatEnded: (withdraw_grants,),
    ProductEnrolled: (open_standings, refresh_outlooks_of_subject),
    ProductQualified: (refresh_standings_of_subject, refresh_outlooks_of_subject),
    ProductRequalified: (refresh_standings_of_subject, refresh_outlooks_of_subject),
    ProductVersionStarted: (carry_answers, carry_targets, open_standings_of_version, refresh_outlooks_of_subject),
    AssessmentValidated: (refresh_outlooks_of_validated,),
}
"""In the transaction of the event itself, in this order: all happen, or none."""

AFTERWARDS: dict[type[Event], tuple[Reaction, ...]] = {
    ValidationRequested: (validation_requested,),
    ValidationSentBack: (validation_sent_back,),
    AssessmentValidated: (assessment_validated,),
    entering.AccountRequested: (welcoming.account_requested,),
    entering.AccountComplementAsked: (welcoming.account_complement_asked,),
    entering.AccountRequestCompleted: (welcoming.account_request_completed,),
    entering.AccountRequestAccepted: (welcoming.account_request_accepted,),
    entering.AccountRequestRefused: (welcoming.account_request_refused,),
    entering.PasswordLinkSent: (welcoming.password_link_sent,),
    entering.PasswordSet: (welcoming.password_set,),
    entering.PasswordChanged: (welcoming.password_changed,),
    entering.PersonInvited: (welcoming.person_invited,),
    entering.InvitationResent: (welcoming.invitation_resent,),
    entering.InvitationAccepted: (welcoming.invitation_accepted,),
    entering.RepresentationAccepted: (welcoming.representation_accepted,),
    entering.RepresentativeVerified: (welcoming.representative_verified,),
    entering.RepresentativeDeclined: (welcoming.representative_declined,),
}
"""Queued with the event, done by a worker once it is committed: nothing here may be needed for the event to be true."""


def connect() -> None:
    action.at_once.update(AT_ONCE)
    afterwards.reactions.update(AFTERWARDS)
