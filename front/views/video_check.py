"""A try of sound and camera before a meeting online; nothing of it leaves the device."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from availability.models import Practice


@require_safe
def video_check(request: HttpRequest) -> HttpResponse:
    """The page on which somebody sees and hears themselves. security.py opens the camera to it."""
    return render(request, "front/video_check.html", {"practice": Practice.objects.first()})
