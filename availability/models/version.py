"""A number that tells whether an answer still holds."""

from django.db import models


class DiaryVersion(models.Model):
    """A number that changes with whatever decides one therapist's free times.

    Row 0 is the catalogue's: it changes with what pages say of services, therapists and practice.
    Triggers write them in the transaction that makes the change, from a sequence that never repeats
    a number: an answer that was computed under a version is right for as long as it stands.
    Without a foreign key, so that nothing stands in the way of deleting a therapist.
    """

    therapist_id = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.version)
