"""Whose sign-in a typed name is: an email address, or the username of an account that has none."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import User
from django.db.models import Q

# Where more are meant than this, none is.
MOST = 5


def account_of(typed: str) -> User | None:
    """Return who signs in with this address or username, or did; case makes no difference.

    Somebody whose account has no address is known by the one of their diary, where their mail goes
    too; it comes after accounts' own, or whoever gave their diary a colleague's address would shut
    that colleague out. None where two people could be meant: nobody is let in by a guess which of
    them it is.
    """
    if not typed:
        return None
    diary = Q(email="", therapist__email__iexact=typed)
    meant = Q(username__iexact=typed) | Q(email__iexact=typed) | diary
    found = list(User.objects.filter(meant).order_by("-is_active", "pk")[:MOST])
    here = [one for one in found if one.is_active] or found
    exact = [one for one in here if one.username == typed]
    named = [one for one in here if one.username.casefold() == typed.casefold()]
    addressed = [one for one in here if one.email.casefold() == typed.casefold()]
    likeliest = exact or named or addressed or here
    return likeliest[0] if len(likeliest) == 1 else None


def count_with_password() -> int:
    """Return how many accounts there are at whose password a guess costs a hash."""
    nobody = UNUSABLE_PASSWORD_PREFIX
    return User.objects.filter(is_active=True).exclude(password__startswith=nobody).count()
