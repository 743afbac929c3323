"""Which address leads to which page of the agency?"""

from django.urls import URLPattern, URLResolver, include, path

from web.agency import (
    accounts,
    advice,
    agreements,
    boards,
    candidatures,
    certificates,
    closed_accounts,
    content,
    decisions,
    demonstration,
    erasures,
    extensions,
    journal,
    messaging,
    sealed,
    sections,
    shared_results,
    staff,
    steering,
    welcome,
)
from web.agency import help as help_pages

app_name = "agency"
Addresses = list[URLPattern | URLResolver]

OF_SECTION = [  # /candidatures/<slug:number>/etapes/<slug:step>/sections/<slug:section>/
    path("", sections.examine_section, name="examine_section"),
    path("vue/", sections.see_requirement, name="see_requirement"),
    path("rendre/", sections.give_back_section, name="give_back_section"),
    path("comparer/", sections.compare_section, name="compare_section"),
]

OF_AGREEMENT = [  # /candidatures/<slug:number>/convention/<slug:step>/
    path("", agreements.countersign_agreement, name="countersign_agreement"),
    path("code/", agreements.send_signing_code, name="send_signing_code"),
    path("renvoyer/", agreements.send_back_agreement, name="send_back_agreement"),
    path("refuser/", agreements.refuse_agreement, name="refuse_agreement"),
    path("<int:paper>.pdf", agreements.agreement_paper, name="agreement_paper"),
]

OF_STEP: Addresses = [  # /candidatures/<slug:number>/etapes/<slug:step>/
    path("", candidatures.examine_step, name="examine_step"),
    path("sections/", sections.examine_sections, name="examine_sections"),
    path("sections/<slug:section>/", include(OF_SECTION)),
]

FOR_ADVICE = [  # /candidatures/<slug:number>/avis/<slug:step>/
    path("", advice.send_opinion, name="send_opinion"),
    path("<int:key>/fichier/", advice.advice_file, name="advice_file"),
    path("rendus/<int:key>/fichier/", advice.opinion_file, name="opinion_file"),
]

OF_CANDIDATURE: Addresses = [  # /candidatures/<slug:number>/
    path("", candidatures.candidature, name="candidature"),
    path("prendre/", candidatures.take_candidature, name="take_candidature"),
    path("rendre/", candidatures.give_back_candidature, name="give_back_candidature"),
    path("attribuer/", candidatures.assign_candidature, name="assign_candidature"),
    path("convention/<slug:step>/", include(OF_AGREEMENT)),
    path("etapes/<slug:step>/", include(OF_STEP)),
    path("decisions/<slug:step>/", decisions.decision, name="decision"),
    path("pieces/<int:deposit>/", candidatures.document, name="document"),
    path("accuses/<slug:receipt>/", candidatures.receipt, name="receipt"),
    path("avis/<slug:step>/", include(FOR_ADVICE)),
    path("college/<slug:step>/", boards.board_passages, name="board_passages"),
]

SHARED_RESULTS = [  # /resultats-partages/
    path("", shared_results.shared_results, name="shared_results"),
    path("<int:number>/resultats.zip", shared_results.take_shared_results, name="take_shared_results"),
]

SEALED_EVIDENCE = [  # /preuves-scellees/
    path("", sealed.sealed_evidence, name="sealed_evidence"),
    path("<int:deposit>/", sealed.open_sealed_evidence, name="open_sealed_evidence"),
    path("ouvertures/", sealed.opening_list, name="opening_list"),
    path("ouvertures.csv", sealed.opening_table, name="opening_table"),
    path("accreditations/", sealed.accreditation_list, name="accreditation_list"),
    path("accreditations/<int:seat>/accorder/", sealed.accredit_reader, name="accredit_reader"),
    path("accreditations/<int:number>/retirer/", sealed.withdraw_accreditation, name="withdraw_accreditation"),
]

ERASURES = [  # /effacements/
    path("comptes/", closed_accounts.closed_accounts, name="closed_accounts"),
    path("comptes/<int:number>/", closed_accounts.closed_account, name="closed_account"),
    path("", erasures.erasure_list, name="erasure_list"),
    path("<int:number>/", erasures.erasure, name="erasure"),
]

MESSAGES = [  # /messagerie/
    path("", messaging.conversation_list, name="conversation_list"),
    path("<slug:key>/", messaging.conversation, name="conversation"),
    path("<slug:key>/lu/", messaging.mark_read, name="mark_read"),
    path("<slug:key>/pieces/<int:number>/", messaging.attachment, name="attachment"),
]

CONTENT = [  # /contenus/
    path("", content.content_list, name="content_list"),
    path("<slug:kind>/<str:key>/", content.piece, name="piece"),
]

CONFLICTS = [  # /conflits/
    path("", staff.declare_conflict, name="declare_conflict"),
    path("<int:number>/lever/", staff.lift_conflict, name="lift_conflict"),
]

STEERING = [  # /pilotage/
    path("", steering.steering, name="steering"),
    path("candidatures.csv", steering.steering_table, name="steering_table"),
]

BOARD = [  # /college/
    path("", boards.board_sessions, name="board_sessions"),
    path("nouvelle/", boards.schedule_session, name="schedule_session"),
    path("<int:number>/", boards.board_session, name="board_session"),
    path("<int:number>/deplacer/", boards.reschedule_session, name="reschedule_session"),
    path("<int:number>/annuler/", boards.cancel_session, name="cancel_session"),
    path("<int:number>/inscrire/", boards.put_on_agenda, name="put_on_agenda"),
    path("<int:number>/clore/", boards.close_board_session, name="close_board_session"),
    path("<int:number>/proces-verbal.pdf", boards.session_minutes, name="session_minutes"),
    path("<int:number>/dossiers/<int:key>/", boards.board_case, name="board_case"),
    path("<int:number>/dossiers/<int:key>/retirer/", boards.take_off_agenda, name="take_off_agenda"),
]

ACCOUNTS = [  # /comptes/
    path("", accounts.account_requests, name="account_requests"),
    path("demandes/<slug:reference>/", accounts.account_request, name="account_request"),
    path("demandes/<slug:reference>/accepter/", accounts.accept_account_request, name="accept_account_request"),
    path("demandes/<slug:reference>/refuser/", accounts.refuse_account_request, name="refuse_account_request"),
    path("demandes/<slug:reference>/complement/", accounts.ask_account_complement, name="ask_account_complement"),
    path("demandes/<slug:reference>/mot-de-passe/", accounts.send_password_link, name="send_password_link"),
    path("mandataires/<int:number>/", accounts.verify_representative, name="verify_representative"),
    path("mandataires/<int:number>/refuser/", accounts.decline_representative, name="decline_representative"),
    path("vues/", accounts.shared_views, name="shared_views"),
    path("vues/<int:number>/regarder/", accounts.look_over_shoulder, name="look_over_shoulder"),
    path("vues/arreter/", accounts.stop_looking, name="stop_looking"),
]

JOURNAL = [  # /journal/
    path("", journal.journal, name="journal"),
    path("export/<slug:form>/", journal.journal_export, name="journal_export"),
    path("verification/", journal.verify_journal, name="verify_journal"),
]

EXTENSIONS = [  # /reports/
    path("", extensions.extension_list, name="extension_list"),
    path("<int:key>/", extensions.extension, name="extension"),
]

STAFF = [  # /equipe/
    path("", staff.staff, name="staff"),
    path("inviter/", staff.invite_person, name="invite_person"),
    path("invitations/<int:number>/renvoyer/", staff.resend_invitation, name="resend_invitation"),
    path("invitations/<int:number>/annuler/", staff.revoke_invitation, name="revoke_invitation"),
    path("<int:number>/terminer/", staff.end_seat, name="end_seat"),
]

HELP = [  # /aide/
    path("", help_pages.help_readings, name="help_readings"),
    path("nouvelle/", help_pages.begin_help_entry, name="begin_help_entry"),
    path("avis/<int:key>/effacer/", help_pages.erase_opinion_comment, name="erase_opinion_comment"),
    path("<slug:code>/", help_pages.save_help_draft, name="save_help_draft"),
    path("<slug:code>/apercu/", help_pages.preview_help_draft, name="preview_help_draft"),
    path("<slug:code>/publier/", help_pages.publish_help_draft, name="publish_help_draft"),
    path("<slug:code>/abandonner/", help_pages.discard_help_draft, name="discard_help_draft"),
    path("<slug:code>/retirer/", help_pages.withdraw_help_entry, name="withdraw_help_entry"),
    path("<slug:code>/editions/<int:number>/", help_pages.help_edition, name="help_edition"),
]

urlpatterns = [
    path("", welcome.welcome, name="welcome"),
    path("candidatures/", candidatures.candidature_list, name="candidature_list"),
    path("candidatures/<slug:number>/", include(OF_CANDIDATURE)),
    path("certificats/<slug:number>/", certificates.certificate, name="certificate"),
    path("certificats/<slug:number>/modifications/<int:change>/", certificates.answer_change, name="answer_change"),
    path("demonstration/horloge/", demonstration.move_clock, name="move_clock"),
    path("college/", include(BOARD)),
    path("reports/", include(EXTENSIONS)),
    path("messagerie/", include(MESSAGES)),
    path("pilotage/", include(STEERING)),
    path("resultats-partages/", include(SHARED_RESULTS)),
    path("preuves-scellees/", include(SEALED_EVIDENCE)),
    path("effacements/", include(ERASURES)),
    path("contenus/", include(CONTENT)),
    path("journal/", include(JOURNAL)),
    path("comptes/", include(ACCOUNTS)),
    path("equipe/", include(STAFF)),
    path("conflits/", include(CONFLICTS)),
    path("aide/", include(HELP)),
]
