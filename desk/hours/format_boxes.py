"""Formats as boxes to tick."""

from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.http import HttpRequest

from availability.models import Format


class FormatBoxes:
    """Shows a column of formats as boxes to tick; at least one is asked for."""

    def formfield_for_dbfield(
        self,
        db_field: Any,
        request: HttpRequest,
        **options: Any,
    ) -> forms.Field | None:
        if isinstance(db_field, ArrayField):
            return forms.MultipleChoiceField(
                choices=Format.choices,
                widget=forms.CheckboxSelectMultiple,
                label=str(db_field.verbose_name).capitalize(),
                help_text=db_field.help_text,
                error_messages={"required": "Tick at least one."},
            )
        other: Any = super()
        field: forms.Field | None = other.formfield_for_dbfield(db_field, request, **options)
        return field
