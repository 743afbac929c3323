"""Which address leads to which page of a company?"""

from django.urls import URLPattern, URLResolver, include, path

from web.company import (
    advice,
    agreements,
    boards,
    candidatures,
    certificates,
    company,
    dashboard,
    decisions,
    documents,
    editions,
    erasures,
    evidence,
    extensions,
    journal,
    messaging,
    procedures,
    products,
    projections,
    questionnaires,
    requests,
    results,
    roadmaps,
    sections,
    sharing,
    uploads,
)

app_name = "company"
Addresses = list[URLPattern | URLResolver]

OF_SECTION = [  # /candidatures/<slug:number>/etapes/<slug:step>/sections/<slug:section>/
    path("", sections.evidence_section, name="evidence_section"),
    path("soumettre/", sections.submit_section, name="submit_section"),
    path("sans-objet/<path:code>/retirer/", sections.withdraw_exemption, name="withdraw_exemption"),
    path("sans-objet/<path:code>/", sections.declare_exemption, name="declare_exemption"),
    path("repondre/<path:code>/", sections.reply_to_request, name="reply_to_request"),
]

OF_QUESTIONNAIRE = [  # /produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/
    path("", questionnaires.questionnaire, name="questionnaire"),
    path("reponse/", questionnaires.save_answer, name="save_answer"),
    path("demande/renvoyer/", requests.send_back_validation, name="send_back_validation"),
    path("demande/retirer/", requests.withdraw_validation_request, name="withdraw_validation_request"),
    path("resultats/", results.results, name="results"),
    path("resultats/pdf/", results.results_pdf, name="results_pdf"),
    path("resultats/xlsx/", results.results_workbook, name="results_workbook"),
    path("historique/<int:number>/", results.validation, name="validation"),
    path("projection/", projections.projection, name="projection"),
    path("projection/cible/", projections.save_target, name="save_target"),
    path("feuille-de-route/", roadmaps.roadmap, name="roadmap"),
    path("feuille-de-route/pdf/", roadmaps.roadmap_pdf, name="roadmap_pdf"),
    path("feuille-de-route/xlsx/", roadmaps.roadmap_workbook, name="roadmap_workbook"),
    path("feuille-de-route/agenda/", roadmaps.roadmap_calendar, name="roadmap_calendar"),
    path("projection/historique/comparer/", roadmaps.compare_projection_validations, name="compare_projection_validations"),
    path("projection/historique/<int:number>/", roadmaps.projection_validation, name="projection_validation"),
    path("preuves/deposer/", evidence.deposit_evidence, name="deposit_evidence"),
    path("preuves/reprendre/<path:slot>/", evidence.reuse_evidence, name="reuse_evidence"),
    path("preuves/archivees/", evidence.archived_evidence, name="archived_evidence"),
    path("preuves/formulaire/<path:slot>/", evidence.proof_form, name="proof_form"),
    path("preuves/<int:deposit>/archiver/", evidence.archive_evidence, name="archive_evidence"),
    path("preuves/<int:deposit>/restaurer/", evidence.restore_evidence, name="restore_evidence"),
    path("preuves/<int:deposit>/validite/", evidence.set_expiry, name="set_expiry"),
    path("historique/comparer/", results.compare_validations, name="compare_validations"),
]

OF_AGREEMENT = [  # /candidatures/<slug:number>/convention/<slug:step>/
    path("", agreements.sign_agreement, name="sign_agreement"),
    path("code/", agreements.send_signing_code, name="send_signing_code"),
    path("prestataire/", agreements.request_signatures, name="request_signatures"),
    path("<int:paper>.pdf", agreements.agreement_paper, name="agreement_paper"),
]

OF_PROCEDURE: Addresses = [  # /produits/<int:reference>/demarches/<slug:code>/
    path("", procedures.followed_procedure, name="followed_procedure"),
    path("partager/", sharing.share_results, name="share_results"),
    path("ne-plus-partager/", sharing.stop_sharing, name="stop_sharing"),
    path("candidater/", candidatures.begin_candidature, name="begin_candidature"),
    path("resultats.zip", results.procedure_results, name="procedure_results"),
    path("<slug:questionnaire>/", include(OF_QUESTIONNAIRE)),
]

OF_STEP: Addresses = [  # /candidatures/<slug:number>/etapes/<slug:step>/
    path("", candidatures.save_form, name="save_form"),
    path("report/", extensions.ask_extension, name="ask_extension"),
    path("recapitulatif/", candidatures.submit_step, name="submit_step"),
    path("pieces/deposer/", documents.deposit_document, name="deposit_document"),
    path("pieces/archivees/", documents.archived_documents, name="archived_documents"),
    path("pieces/reprendre/<path:slot>/", documents.reuse_document, name="reuse_document"),
    path("pieces/<int:deposit>/archiver/", documents.archive_document, name="archive_document"),
    path("pieces/<int:deposit>/restaurer/", documents.restore_document, name="restore_document"),
    path("pieces/<int:deposit>/validite/", documents.date_document, name="date_document"),
    path("sections/", sections.evidence_sections, name="evidence_sections"),
    path("sections/<slug:section>/", include(OF_SECTION)),
]

FOR_ADVICE = [  # /candidatures/<slug:number>/avis/<slug:step>/
    path("", advice.deposit_for_advice, name="deposit_for_advice"),
    path("<int:key>/archiver/", advice.archive_advice, name="archive_advice"),
    path("<int:key>/restaurer/", advice.restore_advice, name="restore_advice"),
    path("<int:key>/supprimer/", advice.ask_deletion, name="ask_deletion"),
    path("<int:key>/fichier/", advice.advice_file, name="advice_file"),
    path("rendus/<int:key>/fichier/", advice.opinion_file, name="opinion_file"),
]

OF_CANDIDATURE: Addresses = [  # /candidatures/<slug:number>/
    path("", candidatures.candidature, name="candidature"),
    path("supprimer/", candidatures.discard_draft, name="discard_draft"),
    path("retirer/", candidatures.withdraw_candidature, name="withdraw_candidature"),
    path("accuses/<slug:receipt>/", candidatures.receipt, name="receipt"),
    path("certificat/modification/", certificates.declare_change, name="declare_change"),
    path("convention/<slug:step>/", include(OF_AGREEMENT)),
    path("etapes/<slug:step>/", include(OF_STEP)),
    path("avis/<slug:step>/", include(FOR_ADVICE)),
    path("decisions/<slug:step>/", decisions.decision, name="decision"),
    path("college/<slug:step>/", boards.board_passages, name="board_passages"),
]

OF_PRODUCT: Addresses = [  # /produits/<int:reference>/
    path("", products.product, name="product"),
    path("identification/", products.identify_product, name="identify_product"),
    path("qualification/", products.qualify_product, name="qualify_product"),
    path("recapitulatif/", products.confirm_product, name="confirm_product"),
    path("ajoute/", products.product_added, name="product_added"),
    path("dupliquer/", products.duplicate_product, name="duplicate_product"),
    path("nouvelle-version/", products.start_product_version, name="start_product_version"),
    path("archiver/", products.archive_product, name="archive_product"),
    path("restaurer/", products.restore_product, name="restore_product"),
    path("droits/", products.grant_rights, name="grant_rights"),
    path("edition/", editions.change_edition, name="change_edition"),
    path("nouvelle-demarche/", procedures.new_procedure, name="new_procedure"),
    path("nouvelle-demarche/<slug:track>/", procedures.new_procedure_in_track, name="new_procedure_in_track"),
    path("inscrire/<slug:code>/", procedures.enrol_product, name="enrol_product"),
    path("demarches/<slug:code>/", include(OF_PROCEDURE)),
    path("preuves/<int:deposit>/effacement/", erasures.request_erasure, name="request_erasure"),
    path("preuves/<int:deposit>/fichier/", evidence.evidence_file, name="evidence_file"),
    path("feuille-de-route/", roadmaps.product_roadmap, name="product_roadmap"),
    path("feuille-de-route/pdf/", roadmaps.product_roadmap_pdf, name="product_roadmap_pdf"),
    path("feuille-de-route/xlsx/", roadmaps.product_roadmap_workbook, name="product_roadmap_workbook"),
    path("feuille-de-route/agenda/", roadmaps.product_roadmap_calendar, name="product_roadmap_calendar"),
]

COMPANY_ROADMAP = [  # /feuille-de-route/
    path("agenda/", roadmaps.company_roadmap_calendar, name="company_roadmap_calendar"),
    path("", roadmaps.company_roadmap, name="company_roadmap"),
    path("pdf/", roadmaps.company_roadmap_pdf, name="company_roadmap_pdf"),
    path("xlsx/", roadmaps.company_roadmap_workbook, name="company_roadmap_workbook"),
]

OF_COMPANY = [  # /entreprise/
    path("", company.your_company, name="your_company"),
    path("inviter/", company.invite_person, name="invite_person"),
    path("invitations/<int:number>/renvoyer/", company.resend_invitation, name="resend_invitation"),
    path("invitations/<int:number>/annuler/", company.revoke_invitation, name="revoke_invitation"),
    path("journal/", journal.company_journal, name="company_journal"),
    path("journal.csv", journal.company_journal_export, name="company_journal_export"),
    path("personnes/<int:number>/", company.colleague, name="colleague"),
    path("personnes/<int:number>/terminer/", company.end_seat, name="end_seat"),
    path("personnes/<int:number>/deleguer/", company.delegate_accounts, name="delegate_accounts"),
    path("personnes/<int:number>/retirer/", company.withdraw_delegation, name="withdraw_delegation"),
]

MESSAGES = [  # /messagerie/
    path("", messaging.conversation_list, name="conversation_list"),
    path("assistance/", messaging.ask_support, name="ask_support"),
    path("<slug:key>/", messaging.conversation, name="conversation"),
    path("<slug:key>/lu/", messaging.mark_read, name="mark_read"),
    path("<slug:key>/pieces/<int:number>/", messaging.attachment, name="attachment"),
]

TRACKS = [  # /parcours/
    path("<slug:code>/", procedures.track, name="track"),
    path("<slug:track_code>/<slug:code>/", procedures.procedure, name="procedure"),
    path("<slug:track_code>/<slug:code>/choisir-un-produit/", procedures.choose_product, name="choose_product"),
]

DEPOSITS = [  # /depots/
    path("", uploads.uploads, name="uploads"),
    path("formulaire/", uploads.deposit_file, name="deposit_file"),
    path("<uuid:reference>/", uploads.upload, name="upload"),
]

urlpatterns = [
    path("tableau-de-bord/", dashboard.dashboard, name="dashboard"),
    path("entreprise/", include(OF_COMPANY)),
    path("produits/", products.product_list, name="product_list"),
    path("produits/ajouter/", products.add_product, name="add_product"),
    path("produits/<int:reference>/", include(OF_PRODUCT)),
    path("candidatures/", candidatures.candidature_list, name="candidature_list"),
    path("candidatures/<slug:number>/", include(OF_CANDIDATURE)),
    path("messagerie/", include(MESSAGES)),
    path("preuves/", evidence.evidence_list, name="evidence_list"),
    path("feuille-de-route/", include(COMPANY_ROADMAP)),
    path("strategie-globale/<slug:code>/identification/", products.add_global_strategy, name="add_global_strategy"),
    path("depots/", include(DEPOSITS)),
    path("parcours/", include(TRACKS)),
]
