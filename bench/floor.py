"""The floor q0: bare Django, its usual middleware, one 10 KB template and no query.

What any page of Django costs on this machine in this minute. Nothing of Kicks is in it.
"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

WORDS = "<p>The words of a page: nothing in them is <em>looked up</em> anywhere.</p>\n" * 11
# Twelve headings: the template costs a tenth of a millisecond, as that of the design's floor does.
ROWS = [(f"Heading {number}", f"/page/{number}") for number in range(12)]
PAGE = f"""<!doctype html>
<title>{{{{ title }}}}</title>
<h1>{{{{ title }}}}</h1>
{{% for heading, address in rows %}}<h2><a href="{{{{ address }}}}">{{{{ heading }}}}</a></h2>
{WORDS}{{% endfor %}}"""

settings.configure(
    DEBUG=False,
    SECRET_KEY="only for the floor, which keeps no secret",  # noqa: S106
    ALLOWED_HOSTS=["book.example.org"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [("django.template.loaders.locmem.Loader", {"page.html": PAGE})],
                    )
                ],
            },
        }
    ],
)


def page(request: HttpRequest) -> HttpResponse:
    """Render the page."""
    return render(request, "page.html", {"title": "The floor", "rows": ROWS})


urlpatterns = [path("q0", page)]
application = get_wsgi_application()
