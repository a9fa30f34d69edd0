"""Every address of the site, but for the probes: health.py answers those before all else."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.utils.module_loading import import_string

from bookings.admin.follow_ups import follow_ups
from bookings.admin.mail_samples import mail_samples
from bookings.admin.why_not import why_not
from kicks import search

urlpatterns = [
    path("admin/why-not/", admin.site.admin_view(why_not), name="why_not"),
    path("admin/mail-samples/", admin.site.admin_view(mail_samples), name="mail_samples"),
    path("admin/follow-ups/", admin.site.admin_view(follow_ups), name="follow_ups"),
    path("admin/", admin.site.urls),
    path("robots.txt", search.robots, name="robots"),
    path("sitemap.xml", search.sitemap, name="sitemap"),
    path("academy/", include("academy.urls")),
    path("", include("bookings.urls")),
]
if settings.MAIL_EVENTS:
    hear = import_string(settings.MAIL_EVENTS).as_view()
    urlpatterns.append(path("hooks/mail/", hear, name="mail_events"))
