"""Which address leads to which page of the agency?"""

from django.urls import path

from web.agency import candidatures, content, welcome

app_name = "agency"
urlpatterns = [
    path("", welcome.welcome, name="welcome"),
    path("candidatures/", candidatures.candidature_list, name="candidature_list"),
    path("candidatures/<slug:number>/", candidatures.candidature, name="candidature"),
    path("candidatures/<slug:number>/etapes/<slug:step>/", candidatures.examine_step, name="examine_step"),
    path("candidatures/<slug:number>/pieces/<int:deposit>/", candidatures.document, name="document"),
    path("candidatures/<slug:number>/accuses/<slug:receipt>/", candidatures.receipt, name="receipt"),
    path("contenus/", content.content_list, name="content_list"),
    path("contenus/<slug:kind>/<str:key>/", content.piece, name="piece"),
]
