from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "convergence.evidence"
    label = "evidence"
    verbose_name = "preuves"
