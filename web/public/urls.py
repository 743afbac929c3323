"""Which address leads to which page for everyone?"""

from django.urls import path

from web.public import entrance, pages

app_name = "public"
urlpatterns = [
    path("", pages.home, name="home"),
    path("accessibilite/", pages.accessibility, name="accessibility"),
    path("etat/", pages.health, name="health"),
    path("cle-de-signature.pem", pages.signing_key, name="signing_key"),
    path("connexion/", entrance.sign_in, name="sign_in"),
    path("connexion/demonstration/", entrance.enter_demo, name="enter_demo"),
    path("deconnexion/", entrance.sign_out, name="sign_out"),
]
