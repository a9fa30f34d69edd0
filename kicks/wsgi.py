"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

# A server that was given no settings must refuse to start, not become a developer's machine.
os.environ.setdefault("DEBUG", "false")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kicks.settings")

application = get_wsgi_application()
