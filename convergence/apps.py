from django.apps import AppConfig


class ConvergenceConfig(AppConfig):
    name = "convergence"
    label = "convergence"
    verbose_name = "Convergence"

    def ready(self) -> None:
        from convergence.wiring import connect

        connect()
