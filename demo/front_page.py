"""The demo practice's home page."""

from demo import words
from welcome.models import FrontPage, Passage


def write_home() -> None:
    """Put the demo's words on the home page, in the place of those that ship."""
    page, _ = FrontPage.objects.update_or_create(pk=1, defaults=words.HOME)
    page.passages.all().delete()
    for part, passages in (
        (Passage.Part.STEP, words.STEPS),
        (Passage.Part.APPROACH, words.APPROACHES),
        (Passage.Part.QUESTION, words.QUESTIONS),
    ):
        for position, (title, text) in enumerate(passages):
            page.passages.create(part=part, title=title, text=text, position=position)
