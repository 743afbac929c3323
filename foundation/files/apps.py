from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "foundation.files"
    label = "files"
    verbose_name = "fichiers"

    def ready(self) -> None:
        from foundation.files import deployment  # noqa: F401 - its checks register themselves
