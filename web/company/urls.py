"""Which address leads to which page of a company?"""

from django.urls import path

from web.company import (
    advice,
    agreements,
    candidatures,
    company,
    dashboard,
    decisions,
    documents,
    editions,
    evidence,
    extensions,
    messaging,
    procedures,
    products,
    projections,
    questionnaires,
    requests,
    results,
    roadmaps,
    sections,
    uploads,
)

app_name = "company"
urlpatterns = [
    path("tableau-de-bord/", dashboard.dashboard, name="dashboard"),
    # /entreprise/
    path("entreprise/", company.your_company, name="your_company"),
    path("entreprise/inviter/", company.invite_person, name="invite_person"),
    path("entreprise/invitations/<int:number>/renvoyer/", company.resend_invitation, name="resend_invitation"),
    path("entreprise/invitations/<int:number>/annuler/", company.revoke_invitation, name="revoke_invitation"),
    path("entreprise/personnes/<int:number>/", company.colleague, name="colleague"),
    path("entreprise/personnes/<int:number>/terminer/", company.end_seat, name="end_seat"),
    path("entreprise/personnes/<int:number>/deleguer/", company.delegate_accounts, name="delegate_accounts"),
    path("entreprise/personnes/<int:number>/retirer/", company.withdraw_delegation, name="withdraw_delegation"),
    # /produits/
    path("produits/", products.product_list, name="product_list"),
    path("produits/ajouter/", products.add_product, name="add_product"),
    path("produits/<int:reference>/", products.product, name="product"),
    path("produits/<int:reference>/identification/", products.identify_product, name="identify_product"),
    path("produits/<int:reference>/qualification/", products.qualify_product, name="qualify_product"),
    path("produits/<int:reference>/recapitulatif/", products.confirm_product, name="confirm_product"),
    path("produits/<int:reference>/ajoute/", products.product_added, name="product_added"),
    path("produits/<int:reference>/dupliquer/", products.duplicate_product, name="duplicate_product"),
    path("produits/<int:reference>/nouvelle-version/", products.start_product_version, name="start_product_version"),
    path("produits/<int:reference>/archiver/", products.archive_product, name="archive_product"),
    path("produits/<int:reference>/restaurer/", products.restore_product, name="restore_product"),
    path("produits/<int:reference>/droits/", products.grant_rights, name="grant_rights"),
    path("produits/<int:reference>/edition/", editions.change_edition, name="change_edition"),
    path("produits/<int:reference>/nouvelle-demarche/", procedures.new_procedure, name="new_procedure"),
    path("produits/<int:reference>/nouvelle-demarche/<slug:track>/", procedures.new_procedure_in_track, name="new_procedure_in_track"),
    path("produits/<int:reference>/inscrire/<slug:code>/", procedures.enrol_product, name="enrol_product"),
    # /produits/<reference>/demarches/
    path("produits/<int:reference>/demarches/<slug:code>/", procedures.followed_procedure, name="followed_procedure"),
    path("produits/<int:reference>/demarches/<slug:code>/candidater/", candidatures.begin_candidature, name="begin_candidature"),
    path("produits/<int:reference>/demarches/<slug:code>/resultats.zip", results.procedure_results, name="procedure_results"),
    path("produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/", questionnaires.questionnaire, name="questionnaire"),
    path("produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/reponse/", questionnaires.save_answer, name="save_answer"),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/demande/renvoyer/",
        requests.send_back_validation,
        name="send_back_validation",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/demande/retirer/",
        requests.withdraw_validation_request,
        name="withdraw_validation_request",
    ),
    path("produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/resultats/", results.results, name="results"),
    path("produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/resultats/pdf/", results.results_pdf, name="results_pdf"),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/resultats/xlsx/",
        results.results_workbook,
        name="results_workbook",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/historique/<int:number>/",
        results.validation,
        name="validation",
    ),
    path("produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/projection/", projections.projection, name="projection"),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/projection/cible/", projections.save_target, name="save_target"
    ),
    path("produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/feuille-de-route/", roadmaps.roadmap, name="roadmap"),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/feuille-de-route/pdf/",
        roadmaps.roadmap_pdf,
        name="roadmap_pdf",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/feuille-de-route/xlsx/",
        roadmaps.roadmap_workbook,
        name="roadmap_workbook",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/feuille-de-route/agenda/",
        roadmaps.roadmap_calendar,
        name="roadmap_calendar",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/projection/historique/comparer/",
        roadmaps.compare_projection_validations,
        name="compare_projection_validations",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/projection/historique/<int:number>/",
        roadmaps.projection_validation,
        name="projection_validation",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/preuves/deposer/",
        evidence.deposit_evidence,
        name="deposit_evidence",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/preuves/reprendre/<path:slot>/",
        evidence.reuse_evidence,
        name="reuse_evidence",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/preuves/archivees/",
        evidence.archived_evidence,
        name="archived_evidence",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/preuves/formulaire/<path:slot>/",
        evidence.proof_form,
        name="proof_form",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/preuves/<int:deposit>/archiver/",
        evidence.archive_evidence,
        name="archive_evidence",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/preuves/<int:deposit>/restaurer/",
        evidence.restore_evidence,
        name="restore_evidence",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/preuves/<int:deposit>/validite/",
        evidence.set_expiry,
        name="set_expiry",
    ),
    # /candidatures/
    path("candidatures/", candidatures.candidature_list, name="candidature_list"),
    path("candidatures/<slug:number>/", candidatures.candidature, name="candidature"),
    path("candidatures/<slug:number>/supprimer/", candidatures.discard_draft, name="discard_draft"),
    path("candidatures/<slug:number>/retirer/", candidatures.withdraw_candidature, name="withdraw_candidature"),
    path("candidatures/<slug:number>/accuses/<slug:receipt>/", candidatures.receipt, name="receipt"),
    path("candidatures/<slug:number>/convention/<slug:step>/", agreements.sign_agreement, name="sign_agreement"),
    path("candidatures/<slug:number>/convention/<slug:step>/code/", agreements.send_signing_code, name="send_signing_code"),
    path("candidatures/<slug:number>/convention/<slug:step>/<int:paper>.pdf", agreements.agreement_paper, name="agreement_paper"),
    path("candidatures/<slug:number>/etapes/<slug:step>/", candidatures.save_form, name="save_form"),
    path("candidatures/<slug:number>/avis/<slug:step>/", advice.deposit_for_advice, name="deposit_for_advice"),
    path("candidatures/<slug:number>/avis/<slug:step>/<int:key>/archiver/", advice.archive_advice, name="archive_advice"),
    path("candidatures/<slug:number>/avis/<slug:step>/<int:key>/restaurer/", advice.restore_advice, name="restore_advice"),
    path("candidatures/<slug:number>/avis/<slug:step>/<int:key>/supprimer/", advice.ask_deletion, name="ask_deletion"),
    path("candidatures/<slug:number>/avis/<slug:step>/<int:key>/fichier/", advice.advice_file, name="advice_file"),
    path("candidatures/<slug:number>/avis/<slug:step>/rendus/<int:key>/fichier/", advice.opinion_file, name="opinion_file"),
    path("candidatures/<slug:number>/etapes/<slug:step>/report/", extensions.ask_extension, name="ask_extension"),
    path("candidatures/<slug:number>/decisions/<slug:step>/", decisions.decision, name="decision"),
    path("candidatures/<slug:number>/etapes/<slug:step>/recapitulatif/", candidatures.submit_step, name="submit_step"),
    path("candidatures/<slug:number>/etapes/<slug:step>/pieces/deposer/", documents.deposit_document, name="deposit_document"),
    path("candidatures/<slug:number>/etapes/<slug:step>/pieces/archivees/", documents.archived_documents, name="archived_documents"),
    path("candidatures/<slug:number>/etapes/<slug:step>/pieces/reprendre/<path:slot>/", documents.reuse_document, name="reuse_document"),
    path(
        "candidatures/<slug:number>/etapes/<slug:step>/pieces/<int:deposit>/archiver/",
        documents.archive_document,
        name="archive_document",
    ),
    path(
        "candidatures/<slug:number>/etapes/<slug:step>/pieces/<int:deposit>/restaurer/",
        documents.restore_document,
        name="restore_document",
    ),
    path("candidatures/<slug:number>/etapes/<slug:step>/pieces/<int:deposit>/validite/", documents.date_document, name="date_document"),
    # /candidatures/<number>/etapes/<step>/sections/
    path("candidatures/<slug:number>/etapes/<slug:step>/sections/", sections.evidence_sections, name="evidence_sections"),
    path("candidatures/<slug:number>/etapes/<slug:step>/sections/<slug:section>/", sections.evidence_section, name="evidence_section"),
    path(
        "candidatures/<slug:number>/etapes/<slug:step>/sections/<slug:section>/soumettre/", sections.submit_section, name="submit_section"
    ),
    path(
        "candidatures/<slug:number>/etapes/<slug:step>/sections/<slug:section>/sans-objet/<path:code>/retirer/",
        sections.withdraw_exemption,
        name="withdraw_exemption",
    ),
    path(
        "candidatures/<slug:number>/etapes/<slug:step>/sections/<slug:section>/sans-objet/<path:code>/",
        sections.declare_exemption,
        name="declare_exemption",
    ),
    # /messagerie/
    path("messagerie/", messaging.conversation_list, name="conversation_list"),
    path("messagerie/assistance/", messaging.ask_support, name="ask_support"),
    path("messagerie/<slug:key>/", messaging.conversation, name="conversation"),
    path("messagerie/<slug:key>/lu/", messaging.mark_read, name="mark_read"),
    path("messagerie/<slug:key>/pieces/<int:number>/", messaging.attachment, name="attachment"),
    # /preuves/
    path("preuves/", evidence.evidence_list, name="evidence_list"),
    path("produits/<int:reference>/preuves/<int:deposit>/fichier/", evidence.evidence_file, name="evidence_file"),
    # /feuille-de-route/
    path("produits/<int:reference>/feuille-de-route/", roadmaps.product_roadmap, name="product_roadmap"),
    path("produits/<int:reference>/feuille-de-route/pdf/", roadmaps.product_roadmap_pdf, name="product_roadmap_pdf"),
    path("produits/<int:reference>/feuille-de-route/xlsx/", roadmaps.product_roadmap_workbook, name="product_roadmap_workbook"),
    path("produits/<int:reference>/feuille-de-route/agenda/", roadmaps.product_roadmap_calendar, name="product_roadmap_calendar"),
    path("feuille-de-route/agenda/", roadmaps.company_roadmap_calendar, name="company_roadmap_calendar"),
    path("feuille-de-route/", roadmaps.company_roadmap, name="company_roadmap"),
    path("feuille-de-route/pdf/", roadmaps.company_roadmap_pdf, name="company_roadmap_pdf"),
    path("feuille-de-route/xlsx/", roadmaps.company_roadmap_workbook, name="company_roadmap_workbook"),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/historique/comparer/",
        results.compare_validations,
        name="compare_validations",
    ),
    # /strategie-globale/: begun here; its other steps and its questionnaires are those of any subject, under /produits/
    path("strategie-globale/<slug:code>/identification/", products.add_global_strategy, name="add_global_strategy"),
    # /depots/
    path("depots/", uploads.uploads, name="uploads"),
    path("depots/formulaire/", uploads.deposit_file, name="deposit_file"),
    path("depots/<uuid:reference>/", uploads.upload, name="upload"),
    # /parcours/
    path("parcours/<slug:code>/", procedures.track, name="track"),
    path("parcours/<slug:track_code>/<slug:code>/", procedures.procedure, name="procedure"),
    path("parcours/<slug:track_code>/<slug:code>/choisir-un-produit/", procedures.choose_product, name="choose_product"),
]
