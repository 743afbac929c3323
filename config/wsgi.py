"""The web application, as a server loads it."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# What is loaded once and kept is taken out of the garbage collector's rounds, and these are made rare: a page makes thousands of
# objects that are let go of at its end, without any round; looking for cycles among them every 700 costs more than the memory it spares.
gc.collect()
gc.freeze()
gc.set_threshold(3_000, 20, 50)
