"""Where one can be met: each place with its way, its access and a map."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from availability import catalogue
from availability.models import Practice
from front import services
from front.places import public_places


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """The rooms and the points where walks begin, as far as the practice says them to anybody."""
    catalogued = catalogue.offered()
    offered = catalogued.services
    context = {
        "practice": offered[0].therapist.practice if offered else Practice.objects.first(),
        "places": public_places(offered),
        "first_act": services.first_act(catalogued),
    }
    return render(request, "front/places.html", context)
