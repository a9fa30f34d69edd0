"""The addresses of a client's own pages, and the way to ask for a link to them."""

from django.urls import path

from portal.views import (
    booking,
    cancel,
    confirm,
    finish,
    new_address,
    private_links,
    reminders,
    reschedule,
)

urlpatterns = [
    path("book/link/", private_links.sessions, name="sessions"),
    path("b/<str:token>/", private_links.link, name="link"),
    path("book/open/", private_links.open_link, name="open"),
    path("b/<str:token>/reminders/", reminders.stop, name="stop_reminders"),
    path("reminders/", reminders.stopping, name="stopping"),
    path("finish/", finish.finish, name="finish"),
    path("finished/", finish.finished, name="finished"),
    path("not-me/", finish.not_me, name="not_me"),
    path("b/<str:token>/confirm/", confirm.open_link, name="confirm_link"),
    path("book/confirm/", confirm.confirm, name="confirm"),
    path("b/<str:token>/address/", new_address.open_link, name="new_address_link"),
    path("address/", new_address.new_address, name="new_address"),
    path("booking/<uuid:uid>/", booking.booking, name="booking"),
    path("booking/<uuid:uid>/change/", reschedule.change, name="change"),
    path("booking/<uuid:uid>/move/", reschedule.move, name="move"),
    path("booking/<uuid:uid>/cancel/", cancel.cancel, name="cancel"),
    path("booking/<uuid:uid>/reminders/", reminders.reminders, name="reminders"),
    path("booking/<uuid:uid>/appointment.ics", booking.ics, name="ics"),
]
