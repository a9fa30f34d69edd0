"""Whom no email reaches: what pages say in place of "is told by email"."""

from clients.models import Client

TELL_THEM = "No email address: tell them yourself."


def told(client: Client, name: str = "", *, when: str = "") -> str:
    """Return who hears of it and how: "Sam Okafor is told by email."; `when`, like " now"."""
    return f"{name or client} is told by email{when}." if client.email else TELL_THEM
