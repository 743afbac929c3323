from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "convergence.decisions"
    label = "decisions"
    verbose_name = "décisions"
