"""A form of a page of our own that says which state of things it was made of.

It carries a number (`seen`) that is another as soon as somebody else changes what the page is
about; whoever keeps the change refuses a number of before. A page that says none, or no number, is
out of date: nothing is kept, and it shows again with what was typed, and carries on what stands.
"""

from typing import Any

from django import forms

OLD_PAGE = "This page was out of date. Check it once more, then confirm."


class SeenForm(forms.Form):
    """Needs an initial `seen`: how things stand now."""

    seen = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": OLD_PAGE, "invalid": OLD_PAGE}
    )

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and "seen" in self.errors:
            self.carry_on(self.get_initial_for_field(self.fields["seen"], "seen"))

    def carry_on(self, seen: int) -> None:
        """Show the form as it was typed, beside how things stand now."""
        typed: Any = self.data
        self.data = typed.copy()
        self.data[self.add_prefix("seen")] = seen  # type: ignore[index]
