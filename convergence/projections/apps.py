from django.apps import AppConfig


class ProjectionsConfig(AppConfig):
    name = "convergence.projections"
    label = "projections"
    verbose_name = "projections"
