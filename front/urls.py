"""The addresses that anybody may open."""

from django.urls import path

from front.views import (
    check,
    choose,
    details,
    embed,
    home,
    legal,
    pending,
    places,
    times,
    video_check,
    zone,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("fees/", home.fees, name="fees"),
    path("places/", places.places, name="places"),
    path("video-check/", video_check.video_check, name="video_check"),
    path("privacy/", legal.privacy, name="privacy"),
    path("embed/", embed.embed, name="embed"),
    path("accessibility/", legal.accessibility, name="accessibility"),
    path("book/", choose.choose, name="book"),
    path("book/time/", times.time, name="time"),
    path("book/zone/", zone.zone, name="zone"),
    path("book/details/", details.details, name="details"),
    path("book/check/<str:draft_id>/", check.check, name="check"),
    path("book/pending/<str:draft_id>/", pending.pending, name="pending"),
]
