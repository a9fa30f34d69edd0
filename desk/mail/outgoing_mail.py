"""The outbox: what left, what waits, what failed, and the mail as it went out."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from unfold.decorators import display

from availability import access
from availability.models import Therapist
from bookings.models import Booking
from bookings.notices import keys
from desk.diary_admin import ReadOnly
from desk.mail.trouble_banner import TroubleFilter
from desk.mail.undo import TakeBackPage
from outbox import delivery
from outbox.models import OutgoingMail
from prose.masks import without_tokens


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnly, TakeBackPage):
    """Mail is queued by what happens and stays as it went out; none is ever lost.

    Its private links are masked wherever it is shown: who may read mail may not act as its reader.
    """

    when_empty = (
        "Every email that Kicks sends is listed here, with what became of it: confirmations, "
        "changes, reminders. They are written by what happens."
    )
    diary = "about"  # names the booking, or the client, and that leads to the therapists
    list_display = (
        "subject",
        "to",
        "state",
        "fate",
        "attempts",
        "due_at",
        "sent_at",
        "why_not",
    )
    list_filter = (TroubleFilter, "state", "fate", "kind")
    search_fields = ("to", "subject", "about")
    actions = ("send_again",)
    fields = (
        "way_back",
        ("state", "attempts"),
        ("due_at", "not_after"),
        ("sent_at", "server_said"),
        ("fate", "fate_at"),
        "provider_said",
        ("sender", "to"),
        "subject",
        "letter",
        "calendar_part",
        ("kind", "about"),
        "message_id",
    )
    readonly_fields = ("way_back", "server_said", "provider_said", "letter", "calendar_part")

    def of_diaries(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if access.sees_all(request.user):
            return rows
        return rows.filter(_about(access.therapists_of(request.user)))

    @display(description="Why not")
    def why_not(self, mail: OutgoingMail) -> str:
        return without_tokens(mail.last_error or mail.fate_reason) or "-"

    @display(description="Last error")
    def server_said(self, mail: OutgoingMail) -> str:
        return without_tokens(mail.last_error) or "-"

    @display(description="Reason")
    def provider_said(self, mail: OutgoingMail) -> str:
        return without_tokens(mail.fate_reason) or "-"

    @display(description="Email")
    def letter(self, mail: OutgoingMail) -> str:
        return linebreaksbr(without_tokens(mail.text))

    @display(description="Calendar part")
    def calendar_part(self, mail: OutgoingMail) -> str:
        return linebreaksbr(without_tokens(mail.invite)) or "None"

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Reading is one right, sending another: the list alone would let every reader send."""
        return request.user.has_perm("outbox.change_outgoingmail")

    @admin.action(description="Send again", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        """Put what failed or came back in line again."""
        count = delivery.send_again(queryset)
        if count:
            messages.success(request, f"{count} put back in line. They leave within a minute.")
        else:
            words = "None put back in line: only email that failed or came back can be sent again, "
            hint = "A meeting’s details can be sent anew from its own page."
            messages.warning(request, f"{words}while it is of use. {hint}")


def _about(therapists: QuerySet[Therapist]) -> Q:
    """Mail about the bookings of these diaries, and about clients who have none in another.

    What a client gets for all their bookings has a private link to each.
    """
    mine = Booking.objects.filter(therapist__in=therapists)
    others = Booking.objects.exclude(therapist__in=therapists)
    only_mine = mine.exclude(client__in=others.values("client"))
    of_bookings = mine.values_list(keys.abouts_of_bookings("uid"))
    of_clients = only_mine.values_list(keys.abouts_of_clients("client"))
    return Q(about__in=of_bookings) | Q(about__in=of_clients)
