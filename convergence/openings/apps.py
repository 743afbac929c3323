from django.apps import AppConfig


class OpeningsConfig(AppConfig):
    name = "convergence.openings"
    label = "openings"
    verbose_name = "ouvertures"
