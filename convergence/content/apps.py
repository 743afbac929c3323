from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "convergence.content"
    label = "content"
    verbose_name = "contenus"
