from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "convergence.agreements"
    label = "agreements"
    verbose_name = "conventions"
