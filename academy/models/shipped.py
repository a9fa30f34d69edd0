"""Which articles came with Kicks, and as they were stored."""

from django.db import models

from academy.models.article import Article


class Shipped(models.Model):
    """An article that came with Kicks: loaded once, and renewed only where nobody touched it.

    `digest` is of what was stored. A row without an article says that it was deleted here, so that
    it does not come back.
    """

    name = models.CharField(max_length=80, unique=True)
    digest = models.CharField(max_length=64)
    article = models.OneToOneField(Article, null=True, on_delete=models.SET_NULL)

    class Meta:
        default_permissions = ()  # it is on no page of admin
        verbose_name_plural = "shipped"

    def __str__(self) -> str:
        return self.name
