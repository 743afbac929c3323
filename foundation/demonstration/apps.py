from django.apps import AppConfig
from django.conf import settings


class DemonstrationConfig(AppConfig):
    name = "foundation.demonstration"
    label = "demonstration"
    verbose_name = "démonstration"

    def ready(self) -> None:
        if settings.DEMO_CLOCK:
            from foundation.core import clock
            from foundation.demonstration.queries import offset_kept

            clock.moved_by = offset_kept
