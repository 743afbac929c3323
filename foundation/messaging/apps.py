from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "foundation.messaging"
    label = "messaging"
    verbose_name = "messagerie"
