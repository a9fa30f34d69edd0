"""The way back in for somebody who lost phone, passkeys and recovery codes alike."""

import argparse
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from staff.lost_factors import begin_anew


class Command(BaseCommand):
    help = (
        "Take a person's second factors away and end their sessions: their password stays, and at "
        "the next sign-in they set up new ones. Make sure that it is they who ask."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("Nobody signs in by that name.")
        ended = begin_anew(user, by=None, now=timezone.now())
        self.stdout.write(f"Their second factors are gone, and {ended} sessions ended.")
