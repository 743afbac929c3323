"""Which address leads to which page of the agency?"""

from django.urls import path

from web.agency import content, welcome
from web.agency import help as help_pages

app_name = "agency"
urlpatterns = [
    path("", welcome.welcome, name="welcome"),
    path("contenus/", content.content_list, name="content_list"),
    path("contenus/<slug:kind>/<slug:key>/", content.piece, name="piece"),
    path("aide/", help_pages.help_readings, name="help_readings"),
    path("aide/nouvelle/", help_pages.begin_help_entry, name="begin_help_entry"),
    path("aide/avis/<int:key>/effacer/", help_pages.erase_opinion_comment, name="erase_opinion_comment"),
    path("aide/<slug:code>/", help_pages.save_help_draft, name="save_help_draft"),
    path("aide/<slug:code>/apercu/", help_pages.preview_help_draft, name="preview_help_draft"),
    path("aide/<slug:code>/publier/", help_pages.publish_help_draft, name="publish_help_draft"),
    path("aide/<slug:code>/abandonner/", help_pages.discard_help_draft, name="discard_help_draft"),
    path("aide/<slug:code>/retirer/", help_pages.withdraw_help_entry, name="withdraw_help_entry"),
    path("aide/<slug:code>/editions/<int:number>/", help_pages.help_edition, name="help_edition"),
]
