"""Which address leads to which page for everyone? What is read without an account has an address in each language; machines know but one."""

from django.urls import path

from foundation.core.language import gettext_lazy as _
from web.public import (
    account,
    accounts,
    certificates,
    copies,
    entrance,
    opinions,
    pages,
    presentations,
    providers,
    providers_said,
    security,
    site,
)
from web.public import help as help_pages

app_name = "public"
urlpatterns = [
    path("", pages.home, name="home"),
    path(_("accessibilite/"), pages.accessibility, name="accessibility"),
    path("etat/", pages.health, name="health"),
    path("cle-de-signature.pem", pages.signing_key, name="signing_key"),
    path("autorite-des-cachets.pem", pages.seal_authority, name="seal_authority"),
    # The help, and what is thought of it
    path(_("aide/"), help_pages.help_list, name="help_list"),
    path(_("aide/reponse-manquante/"), opinions.report_search, name="report_search"),
    path(_("aide/<slug:code>/"), help_pages.help_entry, name="help_entry"),
    path(_("avis/"), opinions.opinion, name="opinion"),
    path(_("avis/merci/"), opinions.opinion_given, name="opinion_given"),
    # What may be followed, and the site itself
    path(_("demarches/"), presentations.presented_procedures, name="presented_procedures"),
    path(_("demarches/<slug:code>/"), presentations.presented_procedure, name="presented_procedure"),
    # What was recognised
    path(_("annuaire/"), certificates.certificate_list, name="certificate_list"),
    path("annuaire.csv", certificates.certificates_csv, name="certificates_csv"),
    path("annuaire.json", certificates.certificates_json, name="certificates_json"),
    path(_("certificats/<slug:number>/"), certificates.certificate, name="certificate"),
    path("certificats/<slug:number>.json", certificates.certificate_json, name="certificate_json"),
    path("certificats/<slug:number>/rapport.pdf", certificates.certificate_report, name="certificate_report"),
    path("certificats/<slug:number>.pdf", certificates.certificate_paper, name="certificate_paper"),
    path("prestataires/yousign/", providers_said.yousign_event, name="yousign_event"),
    path(_("mentions-legales/"), site.legal_notices, name="legal_notices"),
    path(_("donnees-personnelles/"), site.privacy, name="privacy"),
    path(_("plan-du-site/"), site.site_map, name="site_map"),
    path(_("etat-de-la-plateforme/"), site.platform_state, name="platform_state"),
    path("robots.txt", site.robots, name="robots"),
    path("sitemap.xml", site.sitemap, name="sitemap"),
    path(_("connexion/"), entrance.sign_in, name="sign_in"),
    path("connexion/demonstration/", entrance.enter_demo, name="enter_demo"),
    path(_("connexion/code/"), entrance.second_factor, name="second_factor"),
    path("connexion/confirmer/", security.confirm_identity, name="confirm_identity"),
    path("deconnexion/", entrance.sign_out, name="sign_out"),
    # An account: asked for, entered by the link of a mail
    path(_("demande-de-compte/"), accounts.request_account, name="request_account"),
    path(_("demande-de-compte/envoyee/"), accounts.account_requested, name="account_requested"),
    path(_("demande-de-compte/<slug:token>/"), accounts.complete_account_request, name="complete_account_request"),
    path("invitation/<slug:token>/", accounts.invitation, name="invitation"),
    path(_("mot-de-passe/oublie/"), accounts.forgotten_password, name="forgotten_password"),
    path(_("mot-de-passe/<slug:token>/"), accounts.set_password, name="set_password"),
    path(_("conditions/"), accounts.terms, name="terms"),
    path("conditions/accepter/", accounts.accept_terms, name="accept_terms"),
    # /compte/: one's own
    path("compte/", account.account, name="account"),
    path("compte/mot-de-passe/", account.change_password, name="change_password"),
    path("compte/nom/", account.change_name, name="change_name"),
    path("compte/langue/", account.choose_language, name="choose_language"),
    path("compte/vos-donnees.json", account.own_record, name="own_record"),
    path("compte/fermer/", account.close_account, name="close_account"),
    path("compte/entreprise/", account.choose_seat, name="choose_seat"),
    path("compte/vue/partager/", account.share_view, name="share_view"),
    path("compte/vue/arreter/", account.close_view, name="close_view"),
    path("compte/copies/", copies.choose_copies, name="choose_copies"),
    path("messagerie/copies/<slug:token>/", copies.stop_copies, name="stop_copies"),
    # /connexion/<provider>/
    path("connexion/<slug:key>/aller/", providers.begin_provider, name="begin_provider"),
    path("connexion/<slug:key>/retour/", providers.provider_callback, name="provider_callback"),
    path("connexion/<slug:key>/deconnexion/", providers.provider_logout, name="provider_logout"),
    # /compte/securite/
    path("compte/securite/", security.security, name="security"),
    path("compte/securite/double-authentification/", security.enable_second_factor, name="enable_second_factor"),
    path("compte/securite/double-authentification/desactiver/", security.disable_second_factor, name="disable_second_factor"),
    path("compte/securite/codes-de-secours/", security.renew_recovery_codes, name="renew_recovery_codes"),
    path("compte/securite/sessions/fermer/", security.close_other_sessions, name="close_other_sessions"),
    path("compte/securite/sessions/<slug:handle>/fermer/", security.close_session, name="close_session"),
]
