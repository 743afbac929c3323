"""Which face answers which address? Paths are French, route names are the names of the functions."""

from django.urls import include, path

urlpatterns = [
    path("", include("web.public.urls")),
    path("", include("web.company.urls")),
    path("agence/", include("web.agency.urls")),
]

handler400 = "web.public.errors.bad_request"
handler404 = "web.public.errors.not_found"
handler500 = "web.public.errors.server_error"
