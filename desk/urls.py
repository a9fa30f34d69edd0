"""The addresses of the desk: our own pages first, then those of Django admin around them."""

from django.contrib import admin
from django.urls import include, path

from desk.calendar.page import calendar, calendar_month, free_time, meeting
from desk.first_steps.page import first_steps
from desk.mail.follow_up_mails import follow_ups
from desk.mail_samples.page import mail_samples
from desk.people.add_person import add_person
from desk.people.change_person import change_person, invite_again
from desk.people.client_hand_over import client_hand_over
from desk.people.give_diary import give_diary
from desk.people.leaver import leaver
from desk.people.lost_factors import lost_factors
from desk.people.people_list import people_list
from desk.settings.page import hours, settings
from desk.today.page import today
from desk.today.record import keep, record, undo
from desk.why_not.page import why_not

urlpatterns = [
    path("", include("desk.sign_in.urls")),
    # In place of admin's own list of models.
    path("", admin.site.admin_view(today), name="today"),
    path("today/<int:pk>/record/", admin.site.admin_view(record), name="today_record"),
    path("today/<int:pk>/undo/", admin.site.admin_view(undo), name="today_undo"),
    path("today/<int:pk>/keep/", admin.site.admin_view(keep), name="today_keep"),
    path("first-steps/", admin.site.admin_view(first_steps), name="first_steps"),
    path("settings/", admin.site.admin_view(settings), name="settings"),
    path("hours/", admin.site.admin_view(hours), name="hours"),
    path("calendar/", admin.site.admin_view(calendar), name="calendar"),
    path("calendar/month/", admin.site.admin_view(calendar_month), name="calendar_month"),
    path("calendar/free/", admin.site.admin_view(free_time), name="calendar_free"),
    path("calendar/<int:pk>/", admin.site.admin_view(meeting), name="calendar_meeting"),
    path("why-not/", admin.site.admin_view(why_not), name="why_not"),
    path("mail-samples/", admin.site.admin_view(mail_samples), name="mail_samples"),
    path("people/", admin.site.admin_view(people_list), name="people"),
    path("people/add/", admin.site.admin_view(add_person), name="person_add"),
    path("people/give-client/", admin.site.admin_view(client_hand_over), name="client_hand_over"),
    path("people/<int:pk>/", admin.site.admin_view(change_person), name="person"),
    path("people/<int:pk>/invite/", admin.site.admin_view(invite_again), name="person_invite"),
    path("people/<int:pk>/factors/", admin.site.admin_view(lost_factors), name="person_factors"),
    path("people/<int:pk>/leave/", admin.site.admin_view(leaver), name="person_leave"),
    path("people/diaries/<int:pk>/give/", admin.site.admin_view(give_diary), name="diary_give"),
    path("follow-ups/", admin.site.admin_view(follow_ups), name="follow_ups"),
]
