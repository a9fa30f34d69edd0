"""Every setting: typed, from the environment.

With DEBUG off nothing has a default that matters: what is missing or malformed ends the process
with one line (environment.py). With DEBUG on, local_servers.py stands in for what a server has.
"""

import os
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from celery.schedules import crontab
from cryptography.fernet import Fernet

from desk.theme import ADMIN_LOOK
from kicks import environment, local_servers, logs, picture_storage
from kicks.environment import read, refuse

T = TypeVar("T")

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = local_servers.LOCAL

# A machine with no settings at all is a developer's. Servers say DEBUG=false themselves when they
# are not told (wsgi.py, celery.py), so that one which lost its settings does not come up like this.
DEBUG = read("DEBUG", environment.boolean, "true or false", lambda: "SECRET_KEY" not in os.environ)


def local(stand_in: Callable[[], T]) -> Callable[[], T] | None:
    """Return the default of a setting that only a developer's machine may go without."""

    def default() -> T:
        try:
            return stand_in()
        except local_servers.EmbeddedError as error:  # pragma: no cover, these are read by now
            refuse(str(error))

    return default if DEBUG else None


# --- secrets

SECRET_KEY = read(
    "SECRET_KEY",
    environment.secret,
    "50 or more random characters (python3 -c 'import secrets; print(secrets.token_urlsafe(48))')",
    local(lambda: local_servers.kept("secret-key", lambda: secrets.token_urlsafe(48))),
)

# What clients write is encrypted with the first key; every key decrypts. To rotate, put a new key
# in front and keep the old ones.
FIELD_KEYS = read(
    "FIELD_KEYS",
    environment.fernet_keys,
    "one or more Fernet keys with commas between (cryptography's Fernet.generate_key())",
    local(lambda: [local_servers.kept("field-key", lambda: Fernet.generate_key().decode())]),
)

# --- addresses

PORT = read("PORT", environment.port, "a port, 1 to 65535", lambda: 8000)
ALLOWED_HOSTS = read(
    "ALLOWED_HOSTS",
    environment.hosts,
    "host names with commas between, such as book.example.org",
    local(lambda: ["localhost", "127.0.0.1", "[::1]", "testserver"]),
)
# Links in mail begin with it: a mail has no request to take a host from.
SITE_URL = read(
    "SITE_URL",
    environment.site,
    "https:// and a host, with no slash at the end, such as https://book.example.org",
    local(lambda: f"http://127.0.0.1:{PORT}"),
)
# Whose pages may show ours at /embed/ in a frame; with none there is no such page.
EMBED_HOSTS = read(
    "EMBED_HOSTS",
    environment.sites,
    "host names of other sites in small letters with commas between, such as www.example.org",
    list[str],
)
# While this file is there, every page says that the site is closed (maintenance.py).
MAINTENANCE_FILE = read(
    "MAINTENANCE_FILE", str, "the path of a file", lambda: str(LOCAL_DIR / "maintenance")
)
# How many proxies of ours stand in front and write X-Forwarded-For and X-Forwarded-Proto. With 0
# neither header is believed: anybody can send them.
TRUSTED_PROXIES = read(
    "TRUSTED_PROXIES", environment.whole, "a number of proxies, 0 or more", lambda: 0
)

# --- data

# Milliseconds that one statement may take; 0 (none) suits a long migration.
STATEMENT_TIMEOUT = read(
    "STATEMENT_TIMEOUT", environment.whole, "milliseconds, 0 for no limit", lambda: 15_000
)
DATABASES: dict[str, dict[str, Any]] = {
    "default": read(
        "DATABASE_URL",
        environment.database,
        "postgresql://user:password@host:5432/name",
        local(lambda: environment.database(local_servers.postgres())),
    ),
}
DATABASES["default"] |= {
    "ENGINE": "kicks.postgres",
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,  # a restart of Postgres costs no visitor an error
    "OPTIONS": {
        "connect_timeout": 3,
        # Nothing waits without end: not for a lock, not for a forgotten transaction.
        "options": f"-c lock_timeout=3000 -c statement_timeout={STATEMENT_TIMEOUT}"
        " -c idle_in_transaction_session_timeout=30000",
        **DATABASES["default"]["OPTIONS"],
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Valkey is not started here: most commands never ask it anything, and the outbox does without.
REDIS_URL = read(
    "REDIS_URL",
    environment.redis,
    "redis://host:6379/0, or rediss:// with TLS",
    local(local_servers.valkey_address),
)

# --- mail

EMAIL = read(
    "EMAIL_URL",
    environment.mail,
    "smtp+tls://user:password@host:587, mailgun://key:signing-key@domain?region=eu, "
    "postal://key@host?webhook_key=key, or file:///folder to keep mail in a folder",
    local(lambda: environment.mail((LOCAL_DIR / "mail").as_uri())),
)
globals().update(EMAIL)
EMAIL_TIMEOUT = 10
# The view that hears what became of a mail; a provider is believed only with this word.
MAIL_EVENTS: str = EMAIL.get("MAIL_EVENTS", "")
WEBHOOK_SECRET = read(
    "WEBHOOK_SECRET",
    environment.webhook_secret,
    "a name, a colon and 24 or more random letters and digits, where EMAIL_URL names a provider",
    None if MAIL_EVENTS else str,
)
if MAIL_EVENTS:
    EMAIL["ANYMAIL"] |= {"WEBHOOK_SECRET": WEBHOOK_SECRET, "REQUESTS_TIMEOUT": EMAIL_TIMEOUT}
DEFAULT_FROM_EMAIL = read(
    "DEFAULT_FROM_EMAIL",
    environment.sender,
    "an address, such as bookings@example.org or Kicks <bookings@example.org>",
    local(lambda: "Kicks <bookings@kicks.example>"),
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- the application

INSTALLED_APPS = [
    "unfold",  # before the admin, whose templates it replaces
    "django.forms",  # the widgets' own templates are found among ours
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_otp_webauthn",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "pictures",
    "staff",
    "availability",
    "clients",
    "outbox",
    "academy",
    "welcome",
    "bookings",
    "notes",
    "front",
    "portal",
    "desk",
    "demo",
    *(["anymail"] if MAIL_EVENTS else []),
]
MIDDLEWARE = [
    "kicks.security.response_headers",  # around everything: files, probes and errors have them too
    "kicks.health.probes",  # before all that asks for a known host, HTTPS or a session
    "kicks.request_bodies.limited_bodies",  # before all that could read one
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kicks.compression.compressed",
    "kicks.maintenance_mode.maintenance",  # before all that asks the database
    "kicks.bad_admin_requests.StrictAdmin",
    "kicks.staff_sessions.SessionsApart",
    "django.middleware.common.CommonMiddleware",
    "kicks.csrf_tokens.TokensApart",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kicks.request_bodies.uploads_of_staff",  # once it is known whose, before a view reads it
]
ROOT_URLCONF = "kicks.urls"
WSGI_APPLICATION = "kicks.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kicks.context_processors.practice",
                "kicks.context_processors.address",
                "kicks.context_processors.device",
            ],
            # The project is no app, so its tags are found by name.
            "libraries": {
                "kept_parts": "kicks.kept_parts",
                "page_head": "kicks.page_head",
                "structured_data": "kicks.structured_data",
            },
        },
    },
]
# Widgets by our templates too: no field cuts off what is pasted (templates/django/forms/widgets).
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
UNFOLD = ADMIN_LOOK

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = read("STATIC_ROOT", Path, "a folder", lambda: LOCAL_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
# A developer's files are served as saved; a server's are collected once, under hashed names.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG
# It says in which characters a text is, but drawings are texts too.
WHITENOISE_MIMETYPES = {".svg": "image/svg+xml; charset=utf-8"}
# What is uploaded: with two web machines a bucket, or a folder that both see (docs/pictures.md).
PICTURES = read(
    "PICTURES_URL",
    picture_storage.picture_storage,
    "file:///folder, or s3://key:secret@bucket?region=eu-west-2, where the bucket is not Amazon's "
    "with &endpoint=https://host, and &address=https://host where browsers find it",
    lambda: picture_storage.folder(LOCAL_DIR / "pictures"),
)
PICTURE_ORIGINS = picture_storage.origins(PICTURES)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "pictures": PICTURES,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "kicks.static.HashedStaticFiles"
    },
}

# --- who works here: see docs/sign-in.md

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name}
    for name in (
        "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "staff.passwords.LongEnough",
        "staff.passwords.NotCommon",
        "staff.passwords.NotOfThisPlace",
        "django.contrib.auth.password_validation.NumericPasswordValidator",
        "bookings.notices.new_password.ToldByMail",
    )
]
# The second also says what somebody may do: it follows from their role.
AUTHENTICATION_BACKENDS = [
    "desk.sign_in.backends.GuessesOfAddress",
    "desk.sign_in.backends.LimitedPasswords",
]
LOGIN_URL = "admin:login"
# On a developer's machine it is asked for of who has one.
SECOND_FACTOR_REQUIRED = not DEBUG
DEVICE_TRUSTED_FOR = timedelta(hours=12)  # a working day
# An invitation's link; one that was asked for to choose a new password ends after an hour.
PASSWORD_RESET_TIMEOUT = int(timedelta(days=3).total_seconds())

# django-axes counts wrong passwords by address, and by address and name: never by name alone, which
# would let anybody lock anybody out. What it keeps is made bare by its handler.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=10)
AXES_LOCKOUT_PARAMETERS = ["ip_address", ["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_HANDLER = "desk.sign_in.guesses.BareHandler"
AXES_CLIENT_IP_CALLABLE = "desk.sign_in.guesses.address_of"
AXES_USERNAME_CALLABLE = "desk.sign_in.guesses.name_of"
AXES_WHITELIST_CALLABLE = "desk.sign_in.guesses.is_known_browser"

# Passkeys belong to the site's name. A browser makes none for a bare address: there it's localhost.
PASSKEY_SITE = SITE_URL if not DEBUG else f"http://localhost:{PORT}"
OTP_WEBAUTHN_RP_ID = urlsplit(PASSKEY_SITE).hostname or ""
OTP_WEBAUTHN_RP_NAME = OTP_TOTP_ISSUER = "Kicks"
OTP_WEBAUTHN_ALLOWED_ORIGINS = [PASSKEY_SITE]
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False

# --- what a request may do

# What each address may be sent is less: request_bodies.py, which Django need not be asked for.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["kicks.request_bodies.NoFiles"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400  # a full week of hours in admin has some 200
CSRF_FAILURE_VIEW = "front.views.csrf_failure.csrf_failure"
SESSION_ENGINE = "kicks.sessions"
SESSION_COOKIE_AGE = 24 * 60 * 60
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-sessionid"
SESSION_COOKIE_SECURE = not DEBUG
STAFF_SESSION_ENGINE = "kicks.staff_sessions"
STAFF_SESSION_COOKIE_NAME = "staff" if DEBUG else "__Host-staff"
STAFF_DEVICE_COOKIE_NAME = "staff-device" if DEBUG else "__Host-staff-device"
# Longer than two sessions without a request, and a working day at the most.
STAFF_SESSION_IDLE = timedelta(hours=2)
STAFF_SESSION_LONGEST = timedelta(hours=12)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_NAME = "csrftoken" if DEBUG else "__Host-csrftoken"
CSRF_COOKIE_SECURE = not DEBUG
STAFF_CSRF_COOKIE_NAME = "staff-csrftoken" if DEBUG else "__Host-staff-csrftoken"

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" turns every form over HTTPS into a 403
SECURE_SSL_REDIRECT = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 60 * 60
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = [
    # HSTS for every subdomain and the browsers' preload list bind the practice's whole domain,
    # other sites included: that is not this app's to decide.
    "security.W005",
    "security.W021",
    # It looks for Django's by name: ours is it, with a token of their own for those who work here.
    "security.W003",
    # Our own page says why a password isn't looked at, so axes needs no middleware to say it.
    "axes.W002",
]

# Name -> (capacity, seconds in which an empty bucket is full again). The factor is for load tests.
# What counts an IPv6 address counts its /64, which is one line, and beside it:
# - its network, the /48 that one customer may have: twice as much, for a house with two lines;
# - where a diary is filled, everybody new together: ten times as much, which no practice's own day
#   comes near. A storm from many addresses then fills it more slowly than it empties. Clients who
#   came by their links aren't in it, nor are links and forms: a storm must not shut them out. Holds
#   have a limit of their own: nine tenths of all times stay free.
# A mailbox is counted together with who asks: else the words "too many" would tell that somebody
# else has booked with that address just now.
RATE_LIMIT_FACTOR = read("RATE_LIMIT_FACTOR", environment.factor, "a number above 0", lambda: 1.0)
RATE_LIMITS = {
    name: (max(1, round(capacity * RATE_LIMIT_FACTOR)), seconds)
    for name, (capacity, seconds) in {
        "book-address": (10, 3600),
        "book-network": (20, 3600),
        "book-practice": (100, 3600),
        "book-email": (5, 3600),
        # A client who came by their link: as many as anybody books in one sitting.
        "book-client": (30, 3600),
        "form-address": (60, 60),
        "form-network": (120, 60),
        "hold-address": (60, 3600),
        "hold-network": (120, 3600),
        "link-address": (30, 60),
        "link-asker-address": (20, 86400),
        "link-asker-network": (40, 86400),
        "link-network": (60, 60),
        "confirm-address": (30, 60),
        "confirm-network": (60, 60),
        # Mails to one mailbox that ask to confirm a booking: no page says that they are used up.
        "pending-email": (5, 3600),
        "link-email": (1, 3600),
        "link-mailbox": (4, 86400),
        "report-address": (20, 3600),
        "report-site": (200, 3600),
        # Passwords that are looked at at all (desk/sign_in/limits.py). In browsers that nobody
        # knows: by address and network, and by account, of which the first are its own and the
        # others come out of what all share. All accounts together have the last of these: 14 at
        # once and 14 more in three hours are fewer than 20 in any one hour. Then from an account's
        # own address, and in a browser of its own.
        "sign-in-address": (10, 3600),
        "sign-in-network": (20, 3600),
        "sign-in-account": (3, 3 * 3600),
        "sign-in-account-more": (5, 3 * 3600),
        "sign-in-strangers": (14, 3 * 3600),
        "sign-in-own-address": (4, 3600),
        "sign-in-own-browser": (10, 900),
        "sign-in-told": (1, 3600),
        "sign-in-failed-told": (60, 3600),
        "sign-in-code": (10, 900),
        "reset-address": (10, 3600),
        "reset-network": (20, 3600),
        "reset-email": (3, 3600),
    }.items()
}

# --- work outside the request: Postgres keeps it, Celery only executes it

CELERY_BROKER_URL = environment.for_celery(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker, however long
# A broker that is gone is told apart at once, one that hangs after a second (measured, stopped and
# frozen, old connection and new: 1.0 s at most; without max_retries kombu tries for 4 to 6 s).
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "max_retries": 0,
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = read(
    "BEAT_SCHEDULE_FILE", str, "a file that beat may write", lambda: str(LOCAL_DIR / "beat")
)
CELERY_BEAT_SCHEDULE = {
    "send due mail": {"task": "bookings.tasks.sweep", "schedule": 60.0},
    "keep house": {"task": "bookings.tasks.housekeeping", "schedule": crontab(hour=3, minute=15)},
}

LOGGING = logs.LOGGING
LOGGING_CONFIG = "kicks.logs.configure"
