"""A sender as in production, `python -m bench.sender`: the command, in a process that is there."""

from io import StringIO

import django
from django.core.management import call_command

from bench.turns import take_turns


def main() -> None:
    """Sweep whenever asked: how many leave is for the outbox to say."""
    django.setup()
    take_turns(lambda _: call_command("send_due_mail", stdout=StringIO()))


if __name__ == "__main__":
    main()
