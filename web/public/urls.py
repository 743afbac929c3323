"""Which address leads to which page for everyone?"""

from django.urls import path

from web.public import entrance, pages, providers, security

app_name = "public"
urlpatterns = [
    path("", pages.home, name="home"),
    path("accessibilite/", pages.accessibility, name="accessibility"),
    path("etat/", pages.health, name="health"),
    path("connexion/", entrance.sign_in, name="sign_in"),
    path("connexion/demonstration/", entrance.enter_demo, name="enter_demo"),
    path("connexion/code/", entrance.second_factor, name="second_factor"),
    path("connexion/confirmer/", security.confirm_identity, name="confirm_identity"),
    path("deconnexion/", entrance.sign_out, name="sign_out"),
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
