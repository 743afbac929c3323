from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "convergence.catalogue"
    label = "catalogue"
    verbose_name = "catalogue"
