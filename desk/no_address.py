"""Whom no email reaches: what pages say in place of "is told by email"."""

from clients.models import Client

TELL_THEM = "No email address: tell them yourself."
NOT_SAFE = "Email isn’t safe for them: tell them another way."


def why(client: Client) -> str:
    """Return why no email reaches a client, as a sentence; nothing where one does."""
    if client.mailed_at:
        return ""
    return NOT_SAFE if client.email else TELL_THEM


def told(client: Client, name: str = "", *, when: str = "") -> str:
    """Return who hears of it and how: "Sam Okafor is told by email."; `when`, like " now"."""
    return why(client) or f"{name or client} is told by email{when}."
