"""The Celery application: it executes what the outbox and the diary keep in Postgres."""

import os
import sys
from pathlib import Path

from celery import Celery

# `celery ...` and `python -m celery ...` are servers: one that was given no settings must refuse
# to start, not become a developer's machine. (manage.py and the tests import this file too.)
# Not measured: tests start a server of its own to see it refuse (tests/kicks/test_settings.py).
if "celery" in Path(sys.argv[0]).parts[-2:]:  # pragma: no cover
    os.environ.setdefault("DEBUG", "false")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kicks.settings")

app = Celery("kicks")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
