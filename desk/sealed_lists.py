"""Lists leave sealed columns alone: only the page of a row reads them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from encryption.fields import EncryptedTextField


class SealedLists(ModelAdmin):
    """Reads no sealed column but for the page of a row: lists, actions and choices do without."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        address = request.resolver_match.url_name if request.resolver_match else None
        if address and address.endswith("_change"):
            return rows
        columns = self.opts.concrete_fields
        return rows.defer(*(one.name for one in columns if isinstance(one, EncryptedTextField)))
