"""The application of `answers`: the app's settings and middleware, and addresses of its own."""

from django.conf import settings

from kicks.wsgi import application

settings.ROOT_URLCONF = "bench.answers"

__all__ = ["application"]
