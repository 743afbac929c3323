from django.apps import AppConfig


class SchedulesConfig(AppConfig):
    name = "convergence.schedules"
    label = "schedules"
    verbose_name = "échéances"
