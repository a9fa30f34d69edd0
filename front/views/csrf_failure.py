"""The page for a form that has gone stale."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from availability.models import Practice


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001, Django's
    """A form whose token is missing or old: say so kindly and lead back to it."""
    context = {"practice": Practice.objects.first(), "retry_url": request.get_full_path()}
    return render(request, "403_csrf.html", context, status=403)
