"""Celery only makes it prompt: what is to be sent stands in the table."""

from celery import shared_task

from outbox import delivery, wake


@shared_task(name="outbox.tasks.send_about")
def send_about(about: str) -> int:
    """Send what is due about one subject, right after it was committed."""
    return delivery.send_due(about)


def send_on_commit(about: str) -> None:
    """Ask a worker to send what this transaction queued about it, once that is committed."""
    wake.ring_on_commit(send_about, about)
