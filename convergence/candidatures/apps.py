from django.apps import AppConfig


class CandidaturesConfig(AppConfig):
    name = "convergence.candidatures"
    label = "candidatures"
    verbose_name = "candidatures"
