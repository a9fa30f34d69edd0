"""The page on which the picture of a row is uploaded, described, replaced and taken away.

A page of its own: a file can't be carried through the questions that other forms ask, and a body of
megabytes is let through at these addresses alone (`kicks/request_bodies.py`).
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.decorators import display

from bookings.errors import BusyError
from bookings.lifecycle import refusing
from desk.diary_admin import now_of
from desk.picture_form import SEEN, PictureForm, name_of
from desk.picture_words import WORDS
from pictures import store_picture
from pictures.errors import Code, PictureRefusedError
from pictures.models import Focus, Picture
from pictures.store_picture import Taken

REMOVE = "_remove"
CHANGED = (
    "Somebody has changed this picture since you opened the page, so nothing was saved. Look at it "
    "as it is now, then save again if you still want to."
)


class ChangedMeanwhileError(Exception):
    """The picture isn't the one that the page showed; `now` is."""

    def __init__(self, now: Picture | None) -> None:
        super().__init__()
        self.now = now


@dataclass(frozen=True, slots=True)
class Asked:
    """What to make of a row's picture: another one, or other words for the one that there is.

    `is_gone`: none at all. `seen` is the name of the picture that the page showed.
    """

    seen: str
    alt: str = ""
    is_decorative: bool = False
    focus: str = Focus.MIDDLE
    taken: Taken | None = None
    is_gone: bool = False


class PicturePage:
    """Adds the page to those of a model, and the way to it."""

    picture_field: ClassVar[str]
    picture_title: ClassVar[str]
    # Where it is shown largest, as the tag of the pages names it.
    picture_place: ClassVar[str]
    picture_help: ClassVar[str]
    picture_may_decorate: ClassVar[bool] = False
    admin_site: Any
    opts: Any

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read each row with its picture, and with what its list asks for beside it."""
        above: Any = super()
        mine: Any = self
        besides = mine.list_select_related or ()
        return above.get_queryset(request).select_related(self.picture_field, *besides)

    def get_urls(self) -> list[URLPattern]:
        above: Any = super()
        seen = self.admin_site.admin_view(self.picture_view)
        return [path("<int:pk>/picture/", seen, name=self._named("picture")), *above.get_urls()]

    def _named(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    @display(description="Picture")
    def shown_picture(self, row: Any) -> str:
        """Show it small, with the way to the page that changes it."""
        if row.pk is None:
            return "Save this first, then you can add one."
        url, current = reverse(f"admin:{self._named('picture')}", args=[row.pk]), self._of(row)
        if current is None:
            return format_html('<a class="kt-link" href="{}">Add a picture…</a>', url)
        return format_html(
            '<img class="kt-thumb" src="{}" alt="{}"> <a class="kt-link" href="{}">Change it…</a>',
            current.preview,
            current.alt,
            url,
        )

    def _of(self, row: Any) -> Picture | None:
        found: Picture | None = getattr(row, self.picture_field)
        return found

    def picture_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form; keep what is posted, or say what is wrong with it."""
        mine: Any = self
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if not mine.has_change_permission(request, row):
            raise PermissionDenied
        form = self._form(request, self._of(row))
        if request.method == "POST" and self._is_done(request, row, form):
            return redirect(f"admin:{self._named('change')}", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{self.picture_title}: {row}",
            "opts": self.opts,
            "original": row,
            "form": form,
            "place": self.picture_place,
            "back": reverse(f"admin:{self._named('change')}", args=[pk]),
        }
        return TemplateResponse(request, "desk/picture.html", context)

    def _form(self, request: HttpRequest, current: Picture | None) -> PictureForm:
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        return PictureForm(
            *posted,
            current=current,
            alt_help=self.picture_help,
            may_decorate=self.picture_may_decorate,
        )

    def _is_done(self, request: HttpRequest, row: Any, form: PictureForm) -> bool:
        """Do what was asked, and say so; where it can't be done the form says why."""
        is_right = form.is_valid()
        if not is_right and REMOVE not in request.POST:
            return False
        try:
            asked = _asked(request, form)
            self._change(request, row, asked)
        except PictureRefusedError as refusal:
            form.add_error("file", WORDS[refusal.code])
        except BusyError:
            form.add_error(None, WORDS[Code.BUSY])
        except ChangedMeanwhileError as changed:
            form.look_again(changed.now)
            form.add_error(None, CHANGED)
        else:
            messages.success(request, "The picture is gone." if asked.is_gone else "Saved.")
            return True
        return False

    def _change(self, request: HttpRequest, row: Any, asked: Asked) -> None:
        """Change the picture that the page showed, and write down who did."""
        mine: Any = self
        with refusing(BusyError()), transaction.atomic():
            held = type(row)._base_manager.select_for_update(no_key=True).get(pk=row.pk)  # noqa: SLF001
            current = self._of(held)
            if name_of(current) != asked.seen:
                raise ChangedMeanwhileError(current)
            setattr(held, self.picture_field, _changed(request, current, asked))
            held.save(update_fields=[self.picture_field])
            mine.log_change(request, held, [{"changed": {"fields": ["Picture"]}}])


def _asked(request: HttpRequest, form: PictureForm) -> Asked:
    """Return what was asked for; a file is drawn anew and kept."""
    answers = form.cleaned_data
    if REMOVE in request.POST:
        return Asked(answers[SEEN], is_gone=True)
    return Asked(
        seen=answers[SEEN],
        alt=answers["alt"],
        is_decorative=answers.get("is_decorative", False),
        focus=answers["focus"],
        taken=store_picture.take(answers["file"].read()) if answers["file"] else None,
    )


def _changed(request: HttpRequest, current: Picture | None, asked: Asked) -> Picture | None:
    """Return the picture that the row has from now on.

    The row is saved even where it is the same one with other words: what pages keep of the row is
    read anew then (`availability/catalogue.py`).
    """
    if asked.is_gone:
        return None
    words: dict[str, Any] = {
        "alt": asked.alt,
        "is_decorative": asked.is_decorative,
        "focus": asked.focus,
    }
    if asked.taken is not None:
        return store_picture.add(asked.taken, now=now_of(request), **words)
    Picture.objects.filter(name=asked.seen).update(**words)
    return current
