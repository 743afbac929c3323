"""Which address leads to which page of the agency?"""

from django.urls import path

from web.agency import content, welcome

app_name = "agency"
urlpatterns = [
    path("", welcome.welcome, name="welcome"),
    path("contenus/", content.content_list, name="content_list"),
    path("contenus/<slug:kind>/<str:key>/", content.piece, name="piece"),
]
