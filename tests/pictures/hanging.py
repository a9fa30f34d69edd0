"""Pictures of the tests' own on the site: a face, each place, each article."""

from pathlib import Path
from typing import Any

from django.utils import timezone
from pytest_django.fixtures import Settings

from academy.models import Article
from availability.models import Therapist
from kicks import picture_storage
from pictures import store_picture
from pictures.models import Picture
from tests.pictures.images import scene, written


def keep_in(settings: Settings, folder: Path) -> None:
    """Keep pictures there, and serve them from there."""
    settings.STORAGES = {**settings.STORAGES, "pictures": picture_storage.folder(folder)}


def hang(alt: str, width: int, height: int) -> Picture:
    """Upload a picture that looks like a photo as far as its size is concerned."""
    taken = store_picture.take(written(scene(width, height), quality=90))
    return store_picture.add(taken, alt=alt, now=timezone.now())


def introduce(therapist: Therapist, width: int = 960, **facts: Any) -> None:
    """Let the therapist show their face and their register, each place and article its picture."""
    known = {
        "registration": "Diploma in integrative counselling",
        "register": "BACP",
        "register_number": "000000",
        "register_url": "https://www.bacp.example/register/000000",
        "about": "I’m warm, plain-spoken and hard to shock.",
        "portrait": hang("Robin Kicks, smiling", width, width * 6 // 5),
        **facts,
    }
    Therapist.objects.filter(pk=therapist.pk).update(**known)
    for place in therapist.places.exclude(address=""):
        place.picture = hang(f"The way in to {place}", width, width * 5 // 8)
        place.save()
    for article in Article.objects.all():
        article.picture = hang("A path along the water", width, width // 2)
        article.save()
