"""What is an entry of the journal called, for who reads it? A few words a kind; a kind without any is still shown."""

from __future__ import annotations

WORDS = {
    "accounts.SeatGiven": "Rôle attribué",
    "accounts.SeatEnded": "Rôle terminé",
    "accounts.AccountsDelegated": "Gestion des comptes déléguée",
    "accounts.DelegationWithdrawn": "Délégation retirée",
    "accounts.ViewShared": "Vue partagée avec le support",
    "accounts.ViewClosed": "Partage arrêté",
    "accounts.PageLookedAt": "Page regardée par le support",
    "invitations.PersonInvited": "Invitation envoyée",
    "invitations.InvitationResent": "Invitation renvoyée",
    "invitations.InvitationRevoked": "Invitation annulée",
    "invitations.InvitationAccepted": "Invitation acceptée",
    "invitations.RepresentationAccepted": "Invitation de mandataire acceptée",
    "invitations.RepresentativeVerified": "Mandataire vérifié",
    "invitations.RepresentativeDeclined": "Mandataire non vérifié",
    "catalogue.ProductAdded": "Produit commencé",
    "catalogue.GlobalStrategyAdded": "Stratégie globale commencée",
    "catalogue.ProductIdentified": "Identification modifiée",
    "catalogue.ProductQualified": "Qualification enregistrée",
    "catalogue.ProductRequalified": "Qualification modifiée",
    "catalogue.ProductConfirmed": "Produit ajouté",
    "catalogue.ProductArchived": "Produit archivé",
    "catalogue.ProductRestored": "Produit restauré",
    "catalogue.ProductEnrolled": "Démarche commencée",
    "catalogue.ProductDuplicated": "Produit dupliqué",
    "catalogue.ProductVersionStarted": "Nouvelle version d'un produit",
    "catalogue.RightsGranted": "Droits d'un collègue modifiés",
    "assessments.AssessmentBegun": "Questionnaire commencé",
    "assessments.AnswersSaved": "Réponses enregistrées",
    "assessments.AssessmentValidated": "Questionnaire validé",
    "assessments.ValidationRequested": "Validation demandée",
    "assessments.ValidationSentBack": "Demande de validation renvoyée",
    "assessments.ValidationRequestWithdrawn": "Demande de validation retirée",
    "projections.ProjectionBegun": "Projection commencée",
    "projections.TargetsSaved": "Cibles enregistrées",
    "projections.ProjectionValidated": "Projection validée",
    "candidatures.SectionSubmitted": "Section de preuves soumise",
    "candidatures.EvidenceComplete": "Toutes les preuves déposées",
    "candidatures.ExemptionDeclared": "Exigence déclarée sans objet",
    "candidatures.ExemptionWithdrawn": "Déclaration sans objet retirée",
    "reviews.VerdictSaved": "Avis enregistré sur une exigence",
    "reviews.SectionGivenBack": "Section de preuves rendue",
}
OTHER = "Autre action"


def words_of(kind: str) -> str:
    return WORDS.get(kind, OTHER)
