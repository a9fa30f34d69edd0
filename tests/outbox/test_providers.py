"""Mail by way of a provider: whole, through its API, which stands here on loopback."""

import base64
import email
import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pytest_django.fixtures import Settings

from kicks import environment
from outbox import delivery
from outbox.models import OutgoingMail
from tests.outbox.letters import age, queued
from tests.outbox.provider_api import STRICT, Api, provider_api

pytestmark = pytest.mark.django_db
State = OutgoingMail.State
KEY = "key-only-for-the-tests"
CALENDAR = "BEGIN:VCALENDAR\r\nSUMMARY:Zoë\r\nEND:VCALENDAR\r\n"
PUBLIC_KEY = base64.b64encode(
    rsa.generate_private_key(65537, 2048)
    .public_key()
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()
URLS = {
    "mailgun": f"mailgun://{KEY}:signing@mg.example.org?region=eu",
    "postal": f"postal://{KEY}@postal.example.org?webhook_key={PUBLIC_KEY}",
}


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    with provider_api() as api:
        yield api


def use(settings: Settings, provider: str, api: Api) -> None:
    """Send through this provider, whose API is the one here."""
    found = environment.mail(URLS[provider])
    path = "/v3" if provider == "mailgun" else ""
    settings.EMAIL_BACKEND = found["EMAIL_BACKEND"]
    settings.ANYMAIL = found["ANYMAIL"] | {
        f"{provider.upper()}_API_URL": api.url + path,
        "REQUESTS_TIMEOUT": 2,
    }


def raw_of(api: Api) -> bytes:
    """The mail as the provider has it."""
    [post] = api.posts
    if post.path == "/v3/mg.example.org/messages.mime":
        return post.form["message"]
    assert post.path == "/api/v1/send/raw"
    return base64.b64decode(json.loads(post.body)["data"])


def answer_of(api: Api, to: str) -> None:
    """Answer as Postal does; Mailgun's answer is there already."""
    api.answer["status"] = "success"
    api.answer["data"] = {"messages": {to: {"id": 4711, "token": "x"}}}


@pytest.mark.parametrize("provider", URLS)
def test_a_provider_gets_the_mail_whole(settings: Settings, api: Api, provider: str) -> None:
    use(settings, provider, api)
    mail = queued(invite=CALENDAR, invite_method="REQUEST", text="Zoë’s", about="booking:1")
    answer_of(api, mail.to)
    assert delivery.send_due() == 1
    mail.refresh_from_db()
    assert mail.state == State.SENT

    wire = raw_of(api)
    assert wire.count(b"\r\n") == wire.count(b"\n")
    letter = email.message_from_bytes(wire, policy=STRICT)
    assert letter["Message-ID"] == mail.message_id
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["In-Reply-To"] == letter["References"] == "<booking-1@kicks.example>"
    assert letter["From"] == "Kicks Therapy <robin@kicks.example>"
    assert letter["To"] == mail.to
    assert [part.get_content_type() for part in letter.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    [calendar] = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_payload(decode=True) == CALENDAR.encode()


def test_mailgun_is_told_who_asks_whom_to_reach_and_to_track_nothing(
    settings: Settings, api: Api
) -> None:
    use(settings, "mailgun", api)
    mail = queued()
    assert delivery.send_due() == 1
    [post] = api.posts
    assert post.by == f"api:{KEY}"
    assert set(post.form) == {"to", "message", "o:tracking"}
    assert post.form["to"] == mail.to.encode()
    assert post.form["o:tracking"] == b"no"


def test_postal_is_told_who_asks_whom_to_reach_and_who_sends(settings: Settings, api: Api) -> None:
    use(settings, "postal", api)
    mail = queued()
    answer_of(api, mail.to)
    assert delivery.send_due() == 1
    [post] = api.posts
    assert post.headers["X-Server-API-Key"] == KEY
    said = json.loads(post.body)
    assert (said["mail_from"], said["rcpt_to"]) == ("robin@kicks.example", [mail.to])


@pytest.mark.parametrize("provider", URLS)
def test_a_provider_that_declines_is_asked_again_later(
    settings: Settings, api: Api, caplog: pytest.LogCaptureFixture, provider: str
) -> None:
    use(settings, provider, api)
    mail = queued()
    api.status, api.answer = 401, {"message": "Invalid private key"}
    assert delivery.send_due() == 0
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.PENDING, 1)
    assert mail.last_error.startswith("AnymailRequestsAPIError: ")
    assert "401" in mail.last_error
    assert "\n" not in mail.last_error
    assert KEY not in mail.last_error + caplog.text
    api.status = 200
    answer_of(api, mail.to)
    api.answer["message"] = "Queued. Thank you."
    api.answer["id"] = "<x@mg.example.org>"
    age(mail)
    assert delivery.send_due() == 1


@pytest.mark.parametrize("provider", URLS)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_mail_is_led_nowhere_else(
    settings: Settings, api: Api, provider: str, status: int
) -> None:
    use(settings, provider, api)
    mail = queued()
    with provider_api() as elsewhere:
        answer_of(elsewhere, mail.to)
        api.status, api.location = status, f"{elsewhere.url}/"
        assert delivery.send_due() == 0
        assert elsewhere.posts == []
    mail.refresh_from_db()
    assert (mail.state, len(api.posts)) == (State.PENDING, 1)


def test_postal_says_no_with_a_200_and_is_heard(settings: Settings, api: Api) -> None:
    use(settings, "postal", api)
    mail = queued()
    api.answer = {"status": "error", "data": {"code": "UnauthenticatedFromAddress"}}
    assert delivery.send_due() == 0
    mail.refresh_from_db()
    assert "UnauthenticatedFromAddress" in mail.last_error


@pytest.mark.parametrize("provider", URLS)
def test_a_provider_that_is_gone_is_tried_again(
    settings: Settings, api: Api, provider: str
) -> None:
    use(settings, provider, api)
    settings.ANYMAIL[f"{provider.upper()}_API_URL"] = "http://127.0.0.1:1/v3"
    mail = queued()
    assert delivery.send_due() == 0
    mail.refresh_from_db()
    assert mail.state == State.PENDING
    assert "ConnectionError" in mail.last_error
