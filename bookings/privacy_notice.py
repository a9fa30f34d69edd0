"""The privacy notice that people agree to today, kept while the catalogue's version stands."""

from clients.models import PrivacyNotice

_kept: list[tuple[int, PrivacyNotice | None]] = []


def current(catalogue: int) -> PrivacyNotice | None:
    """Return the notice, if there is one. No query while the version of before stands.

    The catalogue's version was read before: a trigger writes it with each change of a notice.
    """
    known, notice = _kept[0] if _kept else (None, None)
    if known != catalogue:
        notice = PrivacyNotice.objects.current()
        _kept[:] = [(catalogue, notice)]
    return notice
