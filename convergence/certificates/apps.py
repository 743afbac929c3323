from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "convergence.certificates"
    label = "certificates"
    verbose_name = "certificats"
