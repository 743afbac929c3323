"""Who reacts to what? The only upward road of the house, in two tables one can read aloud."""

from __future__ import annotations

from dataclasses import replace

from convergence.advice.actions import OPINION
from convergence.advice.actions import PURPOSE as ADVICE
from convergence.advice.events import AdviceDeposited, DeletionAsked, DeletionDeclined, DeletionGranted, OpinionSent
from convergence.advice.notices import opinion_sent, tell_deletion, tell_deposit, tell_opinion
from convergence.advice.receiving import put_in_advice, terms_of_advice, terms_of_opinion
from convergence.agreements.events import (
    AgreementCountersigned,
    AgreementPrepared,
    AgreementRefused,
    AgreementSentBack,
    AgreementSigned,
    EnvelopeClosed,
    EnvelopeConcluded,
    ProviderEventReceived,
    SignaturesRequested,
    SigningCodeSent,
)
from convergence.agreements.jobs import follow_envelope, prepare_agreements, send_to_provider
from convergence.agreements.notices import (
    agreement_countersigned,
    agreement_prepared,
    agreement_sent_back,
    agreement_signed,
    envelope_closed,
    envelope_concluded,
    signing_code_sent,
)
from convergence.agreements.providers import providers
from convergence.agreements.queries import papers_kept as agreements_kept
from convergence.agreements.reactions import conclude_provided, conclude_signed, reject_refused
from convergence.agreements.yousign import Yousign
from convergence.assessments.carrying import carry_answers, carry_answers_to_edition, settle_requests_of_edition
from convergence.assessments.events import AssessmentValidated, ValidationRequested, ValidationSentBack
from convergence.assessments.notices import validated_as_asked, validation_requested, validation_sent_back
from convergence.assessments.receiving import PURPOSE, put_in_its_slot, terms_of_slot
from convergence.assessments.standings import move_standings, open_standings, open_standings_of_version, refresh_standings_of_subject
from convergence.assessments.zones import note_evidence, note_rejected
from convergence.boards.events import CasePutOnAgenda, CaseTakenOff, OutcomeRecorded, SessionRescheduled, SessionScheduled
from convergence.boards.leaving import leave_agenda
from convergence.boards.notices import session_rescheduled, session_scheduled, tell_agenda, tell_postponed
from convergence.candidatures.completing import complete_when_all_submitted, follow_profiles
from convergence.candidatures.conversations import (
    CANDIDATURES,
    TOPIC,
    tell_evidence,
    tell_reopened,
    tell_section,
    tell_step,
    tell_withdrawal,
)
from convergence.candidatures.documents import PURPOSE as DOCUMENT
from convergence.candidatures.documents import put_in_its_step, terms_of_document
from convergence.candidatures.events import (
    CandidatureBegun,
    CandidatureWithdrawn,
    ChangesRequested,
    EvidenceComplete,
    EvidenceReopened,
    SectionSubmitted,
    StepAccepted,
    StepConcluded,
    StepLapsed,
    StepRefused,
    StepRejected,
    StepSubmitted,
)
from convergence.candidatures.notices import (
    changes_requested,
    evidence_complete,
    evidence_reopened,
    step_accepted,
    step_rejected,
    step_submitted,
)
from convergence.catalogue.events import EditionChanged, ProductEnrolled, ProductQualified, ProductRequalified, ProductVersionStarted
from convergence.catalogue.leaving import withdraw_grants
from convergence.certificates.events import (
    CertificateExpired,
    CertificateIssued,
    CertificateRestored,
    CertificateSealed,
    CertificateSuspended,
    CertificateWithdrawn,
    ChangeDeclared,
    ChangeFoundHarmless,
    NewCandidatureAsked,
)
from convergence.certificates.jobs import make_paper
from convergence.certificates.notices import certificate_moved, certificate_sealed, change_answered, change_declared
from convergence.certificates.queries import papers_kept as certificates_kept
from convergence.certificates.reactions import issue_when_completed
from convergence.decisions.events import DecisionProposed, ProposalSentBack
from convergence.decisions.notices import decision_proposed, proposal_sent_back
from convergence.evidence.events import (
    ErasureDecided,
    ErasureDeclined,
    ErasureProposed,
    ErasureRequested,
    EvidenceArchived,
    EvidenceDeposited,
    EvidenceRestored,
    EvidenceReused,
)
from convergence.evidence.notices import erasure_asked, erasure_proposed, erasure_settled, evidence_rejected
from convergence.projections.carrying import carry_targets, carry_targets_to_edition
from convergence.projections.events import ProjectionValidated, ProjectionValidationRequested
from convergence.projections.outlooks import refresh_outlooks_of_edition, refresh_outlooks_of_subject, refresh_outlooks_of_validated
from convergence.reviews.concluding import conclude_when_all_accepted
from convergence.reviews.events import CandidatureAssigned, CandidatureGivenBack, CandidatureTaken, SectionGivenBack
from convergence.reviews.notices import section_given_back
from convergence.reviews.places import place_candidature
from convergence.reviews.queue import CONCERNS
from convergence.reviews.taking import free_when_recused, take_when_examined
from convergence.schedules.events import ExpiryReminded, ExtensionAsked, ExtensionDeclined, ExtensionGranted, ReminderSent
from convergence.schedules.jobs import watch_again
from convergence.schedules.notices import expiry_reminded, reminder_sent, step_lapsed, tell_extension, tell_lapse, tell_reminder
from foundation.accounts.events import ConflictDeclared, SeatEnded
from foundation.core.event import Event
from foundation.demonstration.events import ClockMoved
from foundation.files.events import FileCondemned, FileErased, FileReceived, FileRefused
from foundation.files.jobs import queue_erasing, queue_scan
from foundation.files.purposes import purposes, sent_by_agency
from foundation.files.reconciliation import ledgers
from foundation.invitations import events as entering
from foundation.invitations import notices as welcoming
from foundation.journal import action, afterwards
from foundation.journal.afterwards import Reaction
from foundation.messaging.attachments import PURPOSE as MESSAGE
from foundation.messaging.attachments import terms_of_message
from foundation.messaging.events import MessagePosted, NoticePosted, SupportAsked
from foundation.messaging.notices import message_posted
from foundation.messaging.topics import topics

AT_ONCE: dict[type[Event], tuple[Reaction, ...]] = {
    SeatEnded: (withdraw_grants,),
    ProductEnrolled: (open_standings, refresh_outlooks_of_subject),
    ProductQualified: (refresh_standings_of_subject, refresh_outlooks_of_subject),
    ProductRequalified: (refresh_standings_of_subject, refresh_outlooks_of_subject),
    ProductVersionStarted: (carry_answers, carry_targets, open_standings_of_version, refresh_outlooks_of_subject),
    EditionChanged: (
        carry_answers_to_edition,
        carry_targets_to_edition,
        move_standings,
        settle_requests_of_edition,
        refresh_outlooks_of_edition,
    ),
    AssessmentValidated: (refresh_outlooks_of_validated,),
    EvidenceDeposited: (note_evidence,),
    EvidenceReused: (note_evidence,),
    EvidenceArchived: (note_evidence,),
    EvidenceRestored: (note_evidence,),
    FileReceived: (queue_scan,),
    FileErased: (queue_erasing,),
    StepAccepted: (issue_when_completed, tell_step, place_candidature),
    StepConcluded: (issue_when_completed, tell_step, place_candidature),
    StepSubmitted: (follow_profiles, tell_step, place_candidature),
    SectionSubmitted: (complete_when_all_submitted, place_candidature),
    SectionGivenBack: (tell_section, conclude_when_all_accepted, place_candidature),
    EvidenceComplete: (tell_evidence, place_candidature),
    EvidenceReopened: (tell_reopened, place_candidature),
    AgreementCountersigned: (conclude_signed, place_candidature),
    AgreementRefused: (reject_refused, place_candidature),
    EnvelopeConcluded: (conclude_provided, place_candidature),
    ChangesRequested: (tell_step, place_candidature),
    StepRejected: (leave_agenda, tell_step, place_candidature),
    StepRefused: (leave_agenda, tell_step, place_candidature),
    CandidatureWithdrawn: (leave_agenda, tell_withdrawal, place_candidature),
    CasePutOnAgenda: (tell_agenda,),
    CaseTakenOff: (tell_agenda,),
    OutcomeRecorded: (tell_postponed,),
    AdviceDeposited: (tell_deposit, place_candidature),
    OpinionSent: (tell_opinion, place_candidature),
    DeletionAsked: (tell_deletion,),
    DeletionGranted: (tell_deletion,),
    DeletionDeclined: (tell_deletion,),
    StepLapsed: (leave_agenda, tell_lapse, place_candidature),
    ReminderSent: (tell_reminder,),
    ExtensionAsked: (tell_extension,),
    ExtensionGranted: (tell_extension,),
    ExtensionDeclined: (tell_extension,),
    AgreementSigned: (place_candidature,),
    AgreementSentBack: (place_candidature,),
    EnvelopeClosed: (place_candidature,),
    CandidatureTaken: (place_candidature,),
    CandidatureAssigned: (place_candidature,),
    CandidatureGivenBack: (place_candidature,),
}
"""In the transaction of the event itself, in this order: all happen, or none."""

AFTERWARDS: dict[type[Event], tuple[Reaction, ...]] = {
    ConflictDeclared: (free_when_recused,),
    ErasureRequested: (erasure_asked,),
    ErasureProposed: (erasure_proposed,),
    ErasureDecided: (erasure_settled,),
    ErasureDeclined: (erasure_settled,),
    SectionGivenBack: (section_given_back, take_when_examined),
    ValidationRequested: (validation_requested,),
    ProjectionValidationRequested: (validation_requested,),
    ValidationSentBack: (validation_sent_back,),
    AssessmentValidated: (validated_as_asked,),
    ProjectionValidated: (validated_as_asked,),
    StepSubmitted: (step_submitted,),
    EvidenceComplete: (evidence_complete,),
    ChangesRequested: (changes_requested, take_when_examined),
    CandidatureBegun: (prepare_agreements,),
    StepAccepted: (step_accepted, take_when_examined, prepare_agreements),
    StepConcluded: (step_accepted, prepare_agreements),
    StepRejected: (step_rejected,),
    StepRefused: (step_rejected,),
    EvidenceReopened: (evidence_reopened,),
    SessionScheduled: (session_scheduled,),
    SessionRescheduled: (session_rescheduled,),
    DecisionProposed: (decision_proposed,),
    ProposalSentBack: (proposal_sent_back,),
    AgreementPrepared: (agreement_prepared,),
    AgreementSigned: (agreement_signed,),
    AgreementCountersigned: (agreement_countersigned,),
    AgreementSentBack: (agreement_sent_back,),
    SigningCodeSent: (signing_code_sent,),
    SignaturesRequested: (send_to_provider,),
    ProviderEventReceived: (follow_envelope,),
    EnvelopeClosed: (envelope_closed,),
    EnvelopeConcluded: (envelope_concluded,),
    CertificateIssued: (make_paper,),
    CertificateSealed: (certificate_sealed,),
    CertificateSuspended: (certificate_moved,),
    CertificateRestored: (certificate_moved,),
    CertificateWithdrawn: (certificate_moved,),
    CertificateExpired: (certificate_moved,),
    ChangeDeclared: (change_declared,),
    ChangeFoundHarmless: (change_answered,),
    NewCandidatureAsked: (change_answered,),
    ReminderSent: (reminder_sent,),
    StepLapsed: (step_lapsed,),
    ExpiryReminded: (expiry_reminded,),
    OpinionSent: (opinion_sent,),
    ClockMoved: (watch_again,),
    MessagePosted: (message_posted,),
    NoticePosted: (message_posted,),
    SupportAsked: (message_posted,),
    FileReceived: (put_in_its_slot, put_in_its_step, put_in_advice),
    FileCondemned: (note_rejected, evidence_rejected),
    FileRefused: (note_rejected, evidence_rejected),
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
    purposes[PURPOSE] = terms_of_slot
    purposes[DOCUMENT] = terms_of_document
    providers["yousign"] = Yousign
    ledgers["agreements"] = agreements_kept
    purposes[MESSAGE] = terms_of_message
    sent_by_agency.update({MESSAGE, OPINION})
    purposes[ADVICE] = terms_of_advice
    purposes[OPINION] = terms_of_opinion
    topics[TOPIC] = replace(CANDIDATURES, concerns_sql=CONCERNS)
    ledgers["certificates"] = certificates_kept
