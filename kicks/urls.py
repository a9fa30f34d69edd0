"""Every address of the site, but for the probes: health.py answers those before all else."""

from django.contrib import admin
from django.urls import include, path

from bookings.admin.why_not import why_not

urlpatterns = [
    path("admin/why-not/", admin.site.admin_view(why_not), name="why_not"),
    path("admin/", admin.site.urls),
    path("", include("bookings.urls")),
]
