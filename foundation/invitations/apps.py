from django.apps import AppConfig


class InvitationsConfig(AppConfig):
    name = "foundation.invitations"
    label = "invitations"
    verbose_name = "invitations"
