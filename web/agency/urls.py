"""Which address leads to which page of the agency?"""

from django.urls import path

from web.agency import accounts, candidatures, content, demonstration, extensions, journal, messaging, staff, welcome
from web.agency import help as help_pages

app_name = "agency"
urlpatterns = [
    path("", welcome.welcome, name="welcome"),
    path("candidatures/", candidatures.candidature_list, name="candidature_list"),
    path("candidatures/<slug:number>/", candidatures.candidature, name="candidature"),
    path("candidatures/<slug:number>/etapes/<slug:step>/", candidatures.examine_step, name="examine_step"),
    path("candidatures/<slug:number>/pieces/<int:deposit>/", candidatures.document, name="document"),
    path("candidatures/<slug:number>/accuses/<slug:receipt>/", candidatures.receipt, name="receipt"),
    path("demonstration/horloge/", demonstration.move_clock, name="move_clock"),
    path("reports/", extensions.extension_list, name="extension_list"),
    path("reports/<int:key>/", extensions.extension, name="extension"),
    path("messagerie/", messaging.conversation_list, name="conversation_list"),
    path("messagerie/<slug:key>/", messaging.conversation, name="conversation"),
    path("messagerie/<slug:key>/lu/", messaging.mark_read, name="mark_read"),
    path("messagerie/<slug:key>/pieces/<int:number>/", messaging.attachment, name="attachment"),
    path("contenus/", content.content_list, name="content_list"),
    path("journal/", journal.journal, name="journal"),
    path("journal/export/<slug:form>/", journal.journal_export, name="journal_export"),
    path("journal/verification/", journal.verify_journal, name="verify_journal"),
    path("contenus/<slug:kind>/<str:key>/", content.piece, name="piece"),
    # /agence/comptes/
    path("comptes/", accounts.account_requests, name="account_requests"),
    path("comptes/demandes/<slug:reference>/", accounts.account_request, name="account_request"),
    path("comptes/demandes/<slug:reference>/accepter/", accounts.accept_account_request, name="accept_account_request"),
    path("comptes/demandes/<slug:reference>/refuser/", accounts.refuse_account_request, name="refuse_account_request"),
    path("comptes/demandes/<slug:reference>/complement/", accounts.ask_account_complement, name="ask_account_complement"),
    path("comptes/demandes/<slug:reference>/mot-de-passe/", accounts.send_password_link, name="send_password_link"),
    path("comptes/mandataires/<int:number>/", accounts.verify_representative, name="verify_representative"),
    path("comptes/mandataires/<int:number>/refuser/", accounts.decline_representative, name="decline_representative"),
    path("comptes/vues/", accounts.shared_views, name="shared_views"),
    path("comptes/vues/<int:number>/regarder/", accounts.look_over_shoulder, name="look_over_shoulder"),
    path("comptes/vues/arreter/", accounts.stop_looking, name="stop_looking"),
    # /agence/equipe/
    path("equipe/", staff.staff, name="staff"),
    path("equipe/inviter/", staff.invite_person, name="invite_person"),
    path("equipe/invitations/<int:number>/renvoyer/", staff.resend_invitation, name="resend_invitation"),
    path("equipe/invitations/<int:number>/annuler/", staff.revoke_invitation, name="revoke_invitation"),
    path("equipe/<int:number>/terminer/", staff.end_seat, name="end_seat"),
    path("conflits/", staff.declare_conflict, name="declare_conflict"),
    path("conflits/<int:number>/lever/", staff.lift_conflict, name="lift_conflict"),
    path("aide/", help_pages.help_readings, name="help_readings"),
    path("aide/nouvelle/", help_pages.begin_help_entry, name="begin_help_entry"),
    path("aide/avis/<int:key>/effacer/", help_pages.erase_opinion_comment, name="erase_opinion_comment"),
    path("aide/<slug:code>/", help_pages.save_help_draft, name="save_help_draft"),
    path("aide/<slug:code>/apercu/", help_pages.preview_help_draft, name="preview_help_draft"),
    path("aide/<slug:code>/publier/", help_pages.publish_help_draft, name="publish_help_draft"),
    path("aide/<slug:code>/abandonner/", help_pages.discard_help_draft, name="discard_help_draft"),
    path("aide/<slug:code>/retirer/", help_pages.withdraw_help_entry, name="withdraw_help_entry"),
    path("aide/<slug:code>/editions/<int:number>/", help_pages.help_edition, name="help_edition"),
]
