"""The production application, which also counts its slow hashes: granian serves it."""

import hashlib

from attack.counting import counted

hashlib.pbkdf2_hmac = counted(hashlib.pbkdf2_hmac)
hashlib.scrypt = counted(hashlib.scrypt)

# After them: whoever imports a name keeps what it was.
from kicks.wsgi import application  # noqa: E402

__all__ = ["application"]
