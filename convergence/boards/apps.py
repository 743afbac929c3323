from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "convergence.boards"
    label = "boards"
    verbose_name = "collège"
