"""The addresses of the public site."""

from django.urls import path

from bookings.views import (
    answering,
    choosing,
    elsewhere,
    embedding,
    home,
    moving,
    private,
    reminding,
    site,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("fees/", home.fees, name="fees"),
    path("privacy/", site.privacy, name="privacy"),
    path("embed/", embedding.embed, name="embed"),
    path("accessibility/", site.accessibility, name="accessibility"),
    path("book/", choosing.choose, name="book"),
    path("book/time/", choosing.time, name="time"),
    path("book/zone/", elsewhere.zone, name="zone"),
    path("book/details/", answering.details, name="details"),
    path("book/check/<str:draft_id>/", answering.check, name="check"),
    path("book/link/", private.sessions, name="sessions"),
    path("b/<str:token>/", private.link, name="link"),
    path("b/<str:token>/reminders/", reminding.stop, name="stop_reminders"),
    path("booking/<uuid:uid>/", private.booking, name="booking"),
    path("booking/<uuid:uid>/change/", moving.change, name="change"),
    path("booking/<uuid:uid>/move/", moving.move, name="move"),
    path("booking/<uuid:uid>/cancel/", private.cancel, name="cancel"),
    path("booking/<uuid:uid>/reminders/", reminding.reminders, name="reminders"),
    path("booking/<uuid:uid>/appointment.ics", private.ics, name="ics"),
]
