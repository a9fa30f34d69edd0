"""The practice of the drill: enough diaries for a thousand people, and the people themselves.

They want what others want too: the times are drawn from a few weeks of each diary, so that some
lose a race for theirs and choose another.
"""

import random
from collections.abc import Iterator
from threading import Event

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from availability.models import Format, Place, Practice, Service
from bench.asked import CSRF
from bench.group import make_therapists, open_diaries
from bench.servers import HOST
from bench.visitors import answered
from chaos import clock
from chaos.people import DAYS, FIRST_DAY, Person, wanted
from chaos.visitor import Visitor
from clients.models import PrivacyNotice
from front.choice import Choice
from prose.dates import slot_value

DIARIES, SLUG = 24, "chaos"
# Minutes between two meetings of a diary.
GAP = 15
# What the proxy in front adds.
PROXY = {"Host": HOST, "X-Forwarded-Proto": "https", "Referer": f"https://{HOST}/"}
HORIZON = FIRST_DAY + DAYS + 7


def make_tables() -> None:
    """Make the tables, in a database that others are copied from; and collect the static files."""
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)
    connection.close()


def fill() -> None:
    """Give this copy of it its own clock, and the practice."""
    clock.install()
    add_practice()


def add_practice() -> None:
    """Add the diaries."""
    practice = Practice.objects.create(name="Chaos", email="hello@example.org")
    therapists = make_therapists(practice, SLUG, DIARIES)
    open_diaries(therapists, SLUG, HORIZON, range(7), GAP)
    PrivacyNotice.objects.create(
        version=1, published_on=timezone.localdate(), body="We keep little."
    )


def people(count: int, port: int, over: Event) -> Iterator[Person]:
    """Yield people who have answered every question, each in a browser of their own."""
    services = list(Service.objects.filter(slug=SLUG).select_related("therapist"))
    places = {place.therapist_id: place for place in Place.objects.filter(format=Format.ONLINE)}
    for number in range(count):
        service, chance = services[number % DIARIES], random.Random(number)
        slot, email = wanted(chance), f"person{number}@example.com"
        session, draft, _ = answered(service, places[service.therapist_id], slot, email)
        visitor = Visitor(port, {**PROXY, "X-Forwarded-For": _address(number)})
        visitor.cookies = {"__Host-sessionid": session, "__Host-csrftoken": CSRF}
        choice = Choice(service, Format.ONLINE)
        yield Person(visitor, choice, draft, slot_value(slot), chance, over)


def _address(number: int) -> str:
    return f"10.0.{number // 250}.{number % 250}"
