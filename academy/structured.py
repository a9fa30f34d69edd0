"""What an article tells search engines about itself, as JSON-LD (schema.org)."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import strip_tags

from academy.models import Article, Question


def about(article: Article, questions: Iterable[Question], practice: str) -> dict[str, Any]:
    """Describe an article, the way to it, and its questions; `practice` is who publishes it."""
    parts = [_article(article, practice), _way_to(article), *_answers(questions)]
    return {"@context": "https://schema.org", "@graph": parts}


def _article(article: Article, practice: str) -> dict[str, Any]:
    publisher = {"@type": "Organization", "name": practice, "url": f"{settings.SITE_URL}/"}
    return {
        "@type": "Article",
        "headline": article.title,
        "description": article.summary,
        "datePublished": article.published_on.isoformat(),
        "dateModified": article.changed_on.isoformat(),
        "inLanguage": "en-GB",
        "mainEntityOfPage": settings.SITE_URL + article.get_absolute_url(),
        **({"image": article.picture.shared_address} if article.picture else {}),
        **({"author": publisher, "publisher": publisher} if practice else {}),
    }


def _way_to(article: Article) -> dict[str, Any]:
    steps = (("Academy", reverse("academy")), (article.title, article.get_absolute_url()))
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": name, "item": settings.SITE_URL + path}
            for n, (name, path) in enumerate(steps, 1)
        ],
    }


def _answers(questions: Iterable[Question]) -> Iterable[dict[str, Any]]:
    asked = [
        {
            "@type": "Question",
            "name": question.question,
            "acceptedAnswer": {"@type": "Answer", "text": strip_tags(question.html)},
        }
        for question in questions
    ]
    return [{"@type": "FAQPage", "mainEntity": asked}] if asked else []
