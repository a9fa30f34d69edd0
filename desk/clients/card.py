"""A client's card: who they are, what they agreed to, and whether mail reaches them."""

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import pluralize
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.views import ChangeList
from unfold.widgets import UnfoldBooleanSwitchWidget

from availability import access
from bookings import lifecycle
from bookings.errors import NotBookableError
from bookings.whose_client import met_by
from clients import proof
from clients.models import Client, Consent
from desk import no_address, refusals, search_terms
from desk.clients.address_page import AddressPage
from desk.clients.client_mails import ClientMails
from desk.clients.client_page import ClientPage
from desk.clients.client_pages import card_of
from desk.clients.emergency_page import EmergencyPage
from desk.clients.end_links import EndLinksPage, write_down_end
from desk.clients.merge_pages import MergePages
from desk.clients.notes_pages import NotesPages
from desk.clients.safe_contact_page import SafeContactPage
from desk.clients.whose_bookings import said_to_be_theirs
from desk.clients.wishes import ShowsWishes
from desk.diary_admin import by_of, now_of
from desk.erasure import Erases
from front.forms import CleanField
from outbox.models import OutgoingMail
from prose.cleaning import email_address, phone_number


class ConsentInline(TabularInline):
    model = Consent
    extra = 0
    can_delete = False
    fields = ("notice", "given_at", "how", "told_by")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        """Read the notices with them: each row names its own."""
        consents: QuerySet[Consent] = super().get_queryset(request)
        return consents.select_related("notice", "told_by")

    def has_add_permission(self, request: HttpRequest, obj: Client | None = None) -> bool:  # noqa: ARG002
        """Only a client consents."""
        return False


# Django's forms are generic for the type checker only.
if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Client]
else:
    ModelForm = forms.ModelForm


class ClientForm(ModelForm):
    """A client's card; reminders are a box to tick."""

    wants_reminders = forms.BooleanField(
        label="Send reminders",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="They can switch them off and on themselves.",
    )

    class Meta:
        model = Client
        fields = ("name", "email", "phone", "accepted_at")
        # As on the public form: what is pasted is understood.
        field_classes: ClassVar = {
            "email": partial(CleanField, cleaned=email_address),
            "phone": partial(CleanField, cleaned=phone_number),
        }
        help_texts: ClassVar = {
            "email": "If you correct it, links sent to the old address end, its calendar lets "
            "their meetings go, and the new address gets each meeting to come. It may stay empty: "
            "then nothing is emailed to them.",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["wants_reminders"] = self.instance.wants_reminders


class MailFilter(admin.SimpleListFilter):
    """Whom mail doesn't reach."""

    title = "email"
    parameter_name = "mail"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [("bounced", "Bounced or marked as spam")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Client]) -> QuerySet[Client]:  # noqa: ARG002
        if self.value() != "bounced":
            return queryset
        return queryset.filter(email__in=OutgoingMail.objects.unwelcome().values("to"))


class CardList(ChangeList):
    """The list of clients: each row leads to their page."""

    def url_for_result(self, result: Client) -> str:
        return card_of(result.pk)


@admin.register(Client)
class ClientAdmin(
    ShowsWishes,
    Erases,
    EndLinksPage,
    AddressPage,
    ClientPage,
    SafeContactPage,
    EmergencyPage,
    MergePages,
    NotesPages,
    ClientMails,
):
    """The form of a client's card, beside the page where one lands, and the pages that it leads to.

    Open to all who meet them, but for what is confided.
    """

    when_empty = (
        "Whoever books gets a card here by that: nobody is added by hand, so that their "
        "consent is on record."
    )
    diary = "bookings__therapist"
    form = ClientForm
    list_display = ("name", "email", "phone", "accepted_at", "created_at", "address", "mail")
    list_filter: ClassVar = [MailFilter]
    fields = (
        "name",
        "email",
        "address",
        "phone",
        "accepted_at",
        "wants_reminders",
        "consent",
        "wishes",
        "created_at",
        "private_links",
    )
    search_fields = ("name__says", "email", "phone__dials")
    readonly_fields = ("consent", "wishes", "created_at", "address", "private_links")
    inlines = (ConsentInline,)
    actions = ("accept", "confirm")

    def of_diaries(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """Return the cards of those whom the reader's therapists meet."""
        if access.sees_all(request.user):
            return rows
        return met_by(rows, access.ids_of(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Clients come by booking: only so is their consent on record."""
        return False

    def whose(self, row: Client) -> Client:
        return row

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:  # noqa: ARG002
        return CardList

    def response_post_save_change(self, request: HttpRequest, obj: Client) -> HttpResponse:  # noqa: ARG002
        """Go back to where one came from: the page of the client."""
        return redirect(card_of(obj.pk))

    def save_model(
        self,
        request: HttpRequest,
        obj: Client,
        form: ClientForm,
        change: bool,  # noqa: FBT001, Django's own
    ) -> None:
        obj.remind(now_of(request), wanted=form.cleaned_data["wants_reminders"])
        if "email" not in form.changed_data:
            super().save_model(request, obj, form, change)
            return
        had_one = bool(form.initial.get("email"))
        # The therapist knows whose it is: what was typed with it doesn't count any more.
        obj.proven_at = now_of(request)
        theirs, now = said_to_be_theirs(request), now_of(request)
        told = lifecycle.new_address(obj, by=by_of(request), now=now, theirs=theirs)
        if told is None:
            return
        write_down_end(request, obj)
        messages.info(request, _sent_to(obj, len(told), had_one=had_one))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Client], search_term: str
    ) -> Any:
        return super().get_search_results(request, queryset, search_terms.one_word(search_term))

    def change_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Say so where a diary is being written to for too long; then nothing was stored."""
        try:
            return super().change_view(request, *args, **options)
        except NotBookableError as refusal:
            messages.error(request, refusals.words(refusal, now_of(request)))
            return redirect(request.get_full_path())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        told = OutgoingMail.objects.unwelcome().filter(to=OuterRef("email"))
        fate = Subquery(told.order_by("pk").values("fate")[:1])
        agreed = Exists(Consent.objects.filter(client=OuterRef("pk")))
        return super().get_queryset(request).annotate(mail_fate=fate, has_consent=agreed)

    @display(description="Address")
    def address(self, client: Client) -> str:
        """Whether it is known to be theirs: until then the card is what somebody typed."""
        if not client.email:
            return no_address.TELL_THEM
        return "Confirmed" if client.is_proven else "Not confirmed yet"

    @display(description="Privacy notice")
    def consent(self, client: Any) -> str:
        """Whether they have seen it; the lines below say when and how."""
        if client.has_consent:
            return "Seen: see Consents"
        return "Open: nothing says yet that they were told. Their private link shows it to them."

    @display(description="What came of email")
    def mail(self, client: Any) -> str:
        return OutgoingMail.Fate(client.mail_fate).label if client.mail_fate else "-"

    @admin.action(description="Accept for sessions", permissions=["change"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        """Let them book sessions from now on."""
        count = queryset.filter(accepted_at=None).update(accepted_at=now_of(request))
        messages.success(request, f"{count} accepted. They can now ask for a link to book.")

    @admin.action(description="Confirm the address", permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        """Vouch for their addresses: their cards stay as they are, whatever anybody types."""
        there = queryset.exclude(email="")
        count = sum(proof.prove(client, now_of(request)) for client in there)
        messages.success(request, f"{count} confirmed.")


def _sent_to(client: Client, count: int, *, had_one: bool) -> str:
    """Say what became of the old address, if there was one, and what the new one gets, if any."""
    ended = ["Links sent to the old address have ended."] if had_one else []
    meetings = f"{count} meeting{pluralize(count)} to come"
    if not client.email:
        return " ".join([*ended, f"They have no address now: {meetings}, and nothing is emailed."])
    return " ".join([*ended, f"{meetings} {pluralize(count, 'was,were')} sent to {client.email}."])
