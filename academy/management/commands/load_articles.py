"""Load the articles that come with Kicks; run it with each release."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from academy import shipped
from academy.models import Article


class Command(BaseCommand):
    help = "Load the articles that come with Kicks. What was changed here is never overwritten."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--as-drafts", action="store_true", help="show nobody what is new before it was read"
        )

    def handle(self, **options: Any) -> None:
        state = Article.State.DRAFT if options["as_drafts"] else Article.State.PUBLISHED
        for line in shipped.load(state):
            self.stdout.write(line)
