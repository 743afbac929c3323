from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "convergence.reviews"
    label = "reviews"
    verbose_name = "examens"
