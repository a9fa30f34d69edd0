"""Sessions whose database falls."""

from importlib import import_module

import psycopg2
import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.utils import timezone

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session() -> SessionBase:
    """One that is stored, and changed since."""
    stored: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore()
    stored.create()
    stored["bookings"] = ["a uid"]
    return stored


def end_connection() -> None:
    """End this test's connection from another one, as a restart of Postgres does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = psycopg2.connect(**connection.get_connection_params())
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()


def test_a_database_that_falls_while_it_is_saved_is_no_bad_request(session: SessionBase) -> None:
    end_connection()
    with pytest.raises(OperationalError):
        session.save()
    connection.close()
    session.save()
    assert Session.objects.get().get_decoded() == {"bookings": ["a uid"]}


def test_a_session_that_has_gone_stays_gone(session: SessionBase) -> None:
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_a_key_that_is_taken_makes_no_second_session(session: SessionBase) -> None:
    other = type(session)(session.session_key)
    with pytest.raises(CreateError):
        other.save(must_create=True)
    other.create()
    assert other.session_key != session.session_key
    assert Session.objects.count() == 2


def test_a_session_that_is_over_says_nothing_and_has_no_key(session: SessionBase) -> None:
    session.save()
    assert dict(type(session)(session.session_key).items()) == {"bookings": ["a uid"]}
    Session.objects.update(expire_date=timezone.now())
    late = type(session)(session.session_key)
    assert dict(late.items()) == {}
    assert late.session_key is None


def test_one_without_a_key_gets_one_when_it_is_saved(session: SessionBase) -> None:
    fresh = type(session)()
    fresh["bookings"] = ["another uid"]
    fresh.save()
    assert Session.objects.get(pk=fresh.session_key).get_decoded() == {"bookings": ["another uid"]}
