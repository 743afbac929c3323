from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "foundation.credentials"
    label = "credentials"
    verbose_name = "moyens de connexion"

    def ready(self) -> None:
        from foundation.credentials import checks  # noqa: F401 - registered by being imported
