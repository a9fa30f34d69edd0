"""Names found however their joiners are typed: a keyboard without them writes علی‌رضا as علیرضا."""

from typing import Any

from django.db.models.lookups import IContains

from prose.joiners import JOINERS


class Says(IContains):
    """Whether text holds what is looked for, in any case and with or without joiners.

    Its name in `search_fields`, `name__says`, is given where it is registered (`clients.apps`).
    """

    def get_prep_lookup(self) -> Any:
        return str(self.rhs).translate(dict.fromkeys(map(ord, JOINERS)))

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        sql, params = super().process_lhs(compiler, connection, lhs)
        return f"translate({sql}, %s, '')", [*params, JOINERS]
