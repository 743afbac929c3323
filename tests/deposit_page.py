"""A page that holds nothing but a deposit, for the journeys: the house's own addresses, and this one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from config.urls import handler400, handler404, handler500
from config.urls import urlpatterns as ours
from tests.factories.files import OPEN
from web.guard import Side, guarded

PAGE = """{% extends "ui/layout.html" %}
{% block title %}Dépôt{% endblock %}{% block heading %}Dépôt{% endblock %}
{% block scripts %}<script type="module" src="{% static 'bundles/deposit.js' %}"></script>{% endblock %}
{% block content %}<div class="fr-container fr-py-3w">{% include "ui/deposit.html" with slot=slot label="Vos preuves" hint="Tous formats, jusqu’à 2 Go. Un envoi coupé reprend où il en était." action="" accept="" many=True %}</div>{% endblock %}"""


@guarded(Side.COMPANY)
def deposit_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(PAGE).render({"slot": OPEN}, request))


urlpatterns = [path("essai/depot/", deposit_page, name="deposit_page"), *ours]
__all__ = ["handler400", "handler404", "handler500", "urlpatterns"]
