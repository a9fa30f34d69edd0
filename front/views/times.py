"""Step 2: a day and a time. A plain GET without a cookie."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from front.requests import choice_of
from front.times_page import Times, times_page
from prose.parameters import param


@require_safe
def time(request: HttpRequest) -> HttpResponse:
    """Step 2. `day` opens a day, `from` the weeks around it; neither opens the first free day."""
    choice = choice_of(request)
    if choice is None:
        query = {"what": param(request, "what"), "how": param(request, "how")}
        return redirect(f"{reverse('book')}?{urlencode(query)}")
    return times_page(request, Times(choice, param(request, "draft")), timezone.now())
