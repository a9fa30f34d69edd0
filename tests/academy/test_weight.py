"""What a first visit to an article costs a phone."""

import pytest
from django.test import Client as Browser

from academy import shipped
from academy.models import Article
from tests.weighing import weight

pytestmark = pytest.mark.django_db

MOST = 80 * 1024


def test_no_page_of_the_academy_weighs_more_than_80_kb(client: Browser) -> None:
    shipped.load()
    for path in ("/academy/", *(article.get_absolute_url() for article in Article.objects.all())):
        assert weight(client, path) <= MOST, path
