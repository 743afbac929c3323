from django.apps import AppConfig


class AdviceConfig(AppConfig):
    name = "convergence.advice"
    label = "advice"
    verbose_name = "preuves pour avis"
