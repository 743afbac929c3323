from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "foundation.help"
    label = "help"
    verbose_name = "aide"
