"""What a provider tells of a mail, posted as the provider posts it, by it and by others."""

import base64
import hashlib
import hmac
import json
import runpy
import time
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from outbox.models import OutgoingMail
from tests.outbox.letters import queued

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.outbox.hooked")]
SECRET = "hook:a-word-of-24-letters-or-more"  # noqa: S105, not one
SIGNING = "signing-key"
PRIVATE = rsa.generate_private_key(65537, 2048)
PUBLIC = base64.b64encode(
    PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()
AT = 1_790_000_000.5  # in September 2026
CANARY = "CanaryWord"


@pytest.fixture(autouse=True)
def _provider(settings: Settings) -> None:
    settings.ANYMAIL = {
        "WEBHOOK_SECRET": SECRET,
        "MAILGUN_API_KEY": "key",
        "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING,
        "POSTAL_WEBHOOK_KEY": PUBLIC,
    }


@pytest.fixture
def mail() -> OutgoingMail:
    one = queued(to="sam@example.com")
    OutgoingMail.objects.filter(pk=one.pk).update(state="sent", provider_id="4711")
    one.refresh_from_db()
    return one


def post(where: str, body: str | bytes, secret: str = SECRET, **headers: str) -> "Response":
    """Post as a provider does: from outside, with no cookie and no form's token."""
    word = base64.b64encode(secret.encode()).decode()
    return Client(enforce_csrf_checks=True).post(
        f"/hooks/{where}/",
        body,
        content_type="application/json",
        headers={"authorization": f"Basic {word}", **headers},
    )


def mailgun_news(mail: OutgoingMail, event: str = "failed", **facts: Any) -> str:
    """News in Mailgun's words, signed as Mailgun signs."""
    stamp, token = str(int(time.time())), "t" * 50
    signature = hmac.new(SIGNING.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    data: dict[str, Any] = {
        "event": event,
        "severity": "permanent",
        "reason": "bounce",
        "timestamp": AT,
        "recipient": mail.to,
        "message": {"headers": {"message-id": mail.message_id.strip("<>"), "to": mail.to}},
        "delivery-status": {"code": 550, "message": "5.1.1 no such user", "description": ""},
    }
    signed = {"timestamp": stamp, "token": token, "signature": signature}
    return json.dumps({"signature": signed, "event-data": {**data, **facts}})


def postal_news(mail: OutgoingMail, **payload: Any) -> tuple[str, dict[str, str]]:
    """News in Postal's words, and the header by which Postal signs."""
    told = {"id": int(mail.provider_id), "to": mail.to, "direction": "outgoing", "tag": None}
    body = json.dumps(
        {"event": "x", "timestamp": AT, "uuid": "u", "payload": {"message": told, **payload}}
    )
    signature = PRIVATE.sign(body.encode(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303, Postal's
    return body, {"x-postal-signature": base64.b64encode(signature).decode()}


def end_of(mail: OutgoingMail) -> tuple[str, str]:
    mail.refresh_from_db()
    return mail.fate, mail.fate_reason


# --- Mailgun


def test_a_bounce_is_recorded_with_its_reason_and_its_moment(mail: OutgoingMail) -> None:
    assert post("mailgun", mailgun_news(mail)).status_code == 200
    assert end_of(mail) == ("bounced", "5.1.1 no such user")
    assert mail.fate_at is not None
    assert mail.fate_at.timestamp() == AT
    assert mail.state == "sent"


@pytest.mark.parametrize(
    ("event", "facts", "fate"),
    [
        ("delivered", {}, "delivered"),
        ("complained", {}, "complained"),
        ("failed", {"severity": "temporary"}, ""),
        ("rejected", {"reject": {"reason": "suppressed"}}, "bounced"),
        ("opened", {}, ""),
        ("clicked", {"url": "https://a.test/"}, ""),
        ("a word that is yet to be made up", {}, ""),
    ],
)
def test_each_kind_of_news_means_what_it_means(
    mail: OutgoingMail, event: str, facts: dict[str, Any], fate: str
) -> None:
    assert post("mailgun", mailgun_news(mail, event, **facts)).status_code == 200
    assert end_of(mail)[0] == fate


def test_news_that_comes_twice_is_recorded_once(mail: OutgoingMail) -> None:
    news = mailgun_news(mail)
    assert [post("mailgun", news).status_code for _ in range(3)] == [200] * 3
    before = OutgoingMail.objects.values().get()
    post("mailgun", mailgun_news(mail, timestamp=AT + 9))
    post("mailgun", mailgun_news(mail, "delivered"))
    assert OutgoingMail.objects.values().get() == before


@pytest.mark.parametrize(
    "facts",
    [
        {"message": {"headers": {"message-id": "another@kicks.example"}}},
        {"message": {"headers": {"message-id": "\x00"}}},
        {"message": {}},
        {"message": {"headers": {"message-id": ""}}},
        {"recipient": "kim@example.com"},
        {"recipient": None},
    ],
    ids=str,
)
def test_news_of_mail_that_is_not_ours_is_passed_over(
    mail: OutgoingMail, facts: dict[str, Any]
) -> None:
    assert post("mailgun", mailgun_news(mail, **facts)).status_code == 200
    assert end_of(mail) == ("", "")


def test_the_right_word_is_not_enough_without_the_signature(mail: OutgoingMail) -> None:
    news = json.loads(mailgun_news(mail))
    news["signature"]["signature"] = "0" * 64
    assert post("mailgun", json.dumps(news)).status_code == 403
    assert end_of(mail) == ("", "")


@pytest.mark.parametrize("secret", ["", "hook:", "hook:another-word-of-24-letters", SECRET.upper()])
@pytest.mark.parametrize("where", ["mailgun", "postal"])
def test_without_the_right_word_nothing_is_believed(
    mail: OutgoingMail, secret: str, where: str
) -> None:
    body, headers = postal_news(mail, status="HardFail")
    said = mailgun_news(mail) if where == "mailgun" else body
    extra = {} if where == "mailgun" else headers
    assert post(where, said, secret, **extra).status_code == 403
    assert end_of(mail) == ("", "")


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", "\x00", '{"signature": []}', '{"signature": {}}', "x" * 300_000],
    ids=lambda body: body[:20] or "empty",
)
def test_what_cannot_be_read_is_refused_and_never_logged(
    mail: OutgoingMail, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    response = post("mailgun", body)
    assert response.status_code in {400, 403, 413}
    assert body[:20] not in caplog.text or len(body) < 5
    assert end_of(mail) == ("", "")


def test_signed_news_of_a_strange_shape_is_refused_and_never_logged(
    mail: OutgoingMail, caplog: pytest.LogCaptureFixture
) -> None:
    shapes: list[dict[str, Any]] = [
        {"event": None, "timestamp": CANARY},
        {"message": CANARY},
        {"timestamp": []},
    ]
    for shape in shapes:
        assert post("mailgun", mailgun_news(mail, **shape)).status_code in {200, 400}
    assert CANARY not in caplog.text
    assert end_of(mail) == ("", "")


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_nothing_but_a_post_is_news(method: str) -> None:
    assert getattr(Client(), method)("/hooks/mailgun/").status_code == 405


def test_news_costs_one_question(
    mail: OutgoingMail, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        post("mailgun", mailgun_news(mail))


# --- Postal


@pytest.mark.parametrize(
    ("payload", "fate"),
    [
        ({"status": "Sent", "details": "accepted", "output": "250 OK"}, "delivered"),
        ({"status": "SoftFail", "output": "451 later"}, ""),
        ({"status": "HardFail", "output": "550 5.1.1 no such user"}, "bounced"),
        ({"status": "Held"}, ""),
    ],
    ids=lambda value: str(value)[:24],
)
def test_postals_news_is_known_by_the_id_that_it_gave(
    mail: OutgoingMail, payload: dict[str, Any], fate: str
) -> None:
    body, headers = postal_news(mail, **payload)
    assert post("postal", body, **headers).status_code == 200
    assert end_of(mail) == (fate, payload["output"] if fate else "")


def test_a_bounce_that_comes_back_to_postal_is_one_of_the_mail_it_answers(
    mail: OutgoingMail,
) -> None:
    told = {"id": int(mail.provider_id), "to": mail.to, "direction": "outgoing"}
    body, headers = postal_news(mail, message=None, original_message=told, bounce={"id": 9})
    assert post("postal", body, **headers).status_code == 200
    assert end_of(mail)[0] == "bounced"


def test_postals_news_without_its_signature_is_not_believed(mail: OutgoingMail) -> None:
    body, headers = postal_news(mail, status="HardFail")
    for wrong in ({}, {"x-postal-signature": "AAAA"}, {"x-postal-signature": "é"}):
        assert post("postal", body, **wrong).status_code in {400, 403}
    assert post("postal", body.replace("HardFail", "Sent"), **headers).status_code == 403
    assert end_of(mail) == ("", "")


def test_a_site_that_sends_by_a_provider_has_one_address_for_its_news(settings: Settings) -> None:
    settings.MAIL_EVENTS = "outbox.webhooks.MailgunEvents"
    found = runpy.run_path(str(settings.BASE_DIR / "kicks" / "urls.py"))["urlpatterns"]
    assert [(str(one.pattern), one.name) for one in found[-1:]] == [("hooks/mail/", "mail_events")]
