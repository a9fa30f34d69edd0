"""Sessions in the database, for which its failing is not the visitor's."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError


class SessionStore(db.SessionStore):
    """Django's, but honest about a database that falls while the session is saved.

    Django takes whatever the database says for a session that has gone, and answers with the page
    for a bad request. After a press that booked, that page would say that nothing was booked.
    """

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002, Django's own
        """Store it; raises `UpdateError` only where it has gone."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise
