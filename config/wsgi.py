"""The web application, as a server loads it."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# What is loaded once and kept is taken out of the garbage collector's rounds: this is what keeps p99 near p50.
gc.collect()
gc.freeze()
