"""Which address leads to which page of a company?"""

from django.urls import path

from web.company import dashboard, procedures, products, questionnaires, results

app_name = "company"
urlpatterns = [
    path("tableau-de-bord/", dashboard.dashboard, name="dashboard"),
    # /produits/
    path("produits/", products.product_list, name="product_list"),
    path("produits/ajouter/", products.add_product, name="add_product"),
    path("produits/<int:reference>/", products.product, name="product"),
    path("produits/<int:reference>/identification/", products.identify_product, name="identify_product"),
    path("produits/<int:reference>/qualification/", products.qualify_product, name="qualify_product"),
    path("produits/<int:reference>/recapitulatif/", products.confirm_product, name="confirm_product"),
    path("produits/<int:reference>/ajoute/", products.product_added, name="product_added"),
    path("produits/<int:reference>/archiver/", products.archive_product, name="archive_product"),
    path("produits/<int:reference>/restaurer/", products.restore_product, name="restore_product"),
    path("produits/<int:reference>/droits/", products.grant_rights, name="grant_rights"),
    path("produits/<int:reference>/nouvelle-demarche/", procedures.new_procedure, name="new_procedure"),
    path("produits/<int:reference>/nouvelle-demarche/<slug:track>/", procedures.new_procedure_in_track, name="new_procedure_in_track"),
    path("produits/<int:reference>/inscrire/<slug:code>/", procedures.enrol_product, name="enrol_product"),
    # /produits/<reference>/demarches/
    path("produits/<int:reference>/demarches/<slug:code>/", procedures.followed_procedure, name="followed_procedure"),
    path("produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/", questionnaires.questionnaire, name="questionnaire"),
    path("produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/reponse/", questionnaires.save_answer, name="save_answer"),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/demande/renvoyer/",
        questionnaires.send_back_validation,
        name="send_back_validation",
    ),
    path(
        "produits/<int:reference>/demarches/<slug:code>/<slug:questionnaire>/demande/retirer/",
        questionnaires.withdraw_validation_request,
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
    # /parcours/
    path("parcours/<slug:code>/", procedures.track, name="track"),
    path("parcours/<slug:track_code>/<slug:code>/", procedures.procedure, name="procedure"),
    path("parcours/<slug:track_code>/<slug:code>/choisir-un-produit/", procedures.choose_product, name="choose_product"),
]
