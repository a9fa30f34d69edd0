"""The files of pictures, where they are in a folder; a bucket serves its own."""

from django.core.files.storage import FileSystemStorage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from pictures.models import FILE, storage
from pictures.variants import FOR_GOOD, MEDIA_TYPES


def _tag(_request: HttpRequest, name: str) -> str | None:
    """A file's name says all that is in it: who has it has it for good."""
    return f'"{name}"' if FILE.fullmatch(name) else None


@require_safe
@condition(etag_func=_tag)
def picture(_request: HttpRequest, name: str) -> HttpResponse:
    """One file, by the whole of its name: nothing else is looked for, and Postgres is not asked."""
    kept, found = storage(), FILE.fullmatch(name)
    if found is None or not isinstance(kept, FileSystemStorage):
        raise Http404
    try:
        with kept.open(name) as file:
            response = HttpResponse(file.read(), content_type=MEDIA_TYPES[found["kind"]])
    except OSError:
        raise Http404 from None
    response["Cache-Control"] = FOR_GOOD
    return response
