"""Which face answers which address? Route names are the names of the functions; everything is also in English, under `/en/`."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = i18n_patterns(
    path("agence/", include("web.agency.urls")),
    path("", include("web.company.urls")),
    path("", include("web.public.urls")),  # last: it is the longest to look through, and what it shows is mostly kept
    prefix_default_language=False,
)

handler400 = "web.public.errors.bad_request"
handler404 = "web.public.errors.not_found"
handler500 = "web.public.errors.server_error"
