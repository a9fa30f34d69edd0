"""Every address of the site, but for the probes: health.py answers those before all else."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.utils.module_loading import import_string

from kicks import csp_reports, robots_and_sitemaps
from kicks.security import CSP_REPORTS_PATH

urlpatterns = [
    path("admin/", include("desk.urls")),
    path("admin/", admin.site.urls),
    path("robots.txt", robots_and_sitemaps.robots, name="robots"),
    path("sitemap.xml", robots_and_sitemaps.sitemap, name="sitemap"),
    path(CSP_REPORTS_PATH.removeprefix("/"), csp_reports.hear, name="csp_reports"),
    path("academy/", include("academy.urls")),
    path("pictures/", include("pictures.urls")),
    path("", include("front.urls")),
    path("", include("portal.urls")),
]
if settings.MAIL_EVENTS:
    hear = import_string(settings.MAIL_EVENTS).as_view()
    urlpatterns.append(path("hooks/mail/", hear, name="mail_events"))
