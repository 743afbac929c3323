"""Which address leads to which page of the agency?"""

from django.urls import path

from web.agency import content, journal, welcome

app_name = "agency"
urlpatterns = [
    path("", welcome.welcome, name="welcome"),
    path("contenus/", content.content_list, name="content_list"),
    path("journal/", journal.journal, name="journal"),
    path("journal/export/<slug:form>/", journal.journal_export, name="journal_export"),
    path("journal/verification/", journal.verify_journal, name="verify_journal"),
    path("contenus/<slug:kind>/<str:key>/", content.piece, name="piece"),
]
