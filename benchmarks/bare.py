"""The unit: one query, one template, the same framework and server, nothing else."""

from __future__ import annotations

import gc
import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__

from foundation.accounts.models import Company

PAGE = Template("<!doctype html><title>{{ company.name }}</title><p>{{ company.name }}, {{ company.siren_spaced }}</p>")


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE.render(Context({"company": Company.objects.get(siren="834217697")})))


urlpatterns = [path("bare/", bare)]
application = WSGIHandler()
gc.collect()
gc.freeze()
gc.set_threshold(3_000, 20, 50)
