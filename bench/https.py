"""The site as it is in production, and with HTTPS that it ends itself: for a browser to look at."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.servers import ROOT, free_port, line, production, started, wait_for

HOST = "localhost"
# The admin's files are most of them, and take most of the time.
COLLECT = "collectstatic --noinput --verbosity 0 --ignore admin --ignore unfold"


@contextmanager
def serving_https(database: str, folder: Path, **settings: str) -> Iterator[str]:
    """Run the Procfile's web line until the block ends; yield the site's address.

    What it makes goes to `folder`, the log too. It has no broker and no admin's files. Nobody
    vouches for its certificate: the browser must be told not to ask.
    """
    port, known = free_port(), certificate(folder)
    root = f"https://{HOST}:{port}"
    environment = {
        **production(database, "redis://127.0.0.1:1/0", folder),
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": root,
        "TRUSTED_PROXIES": "0",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "GRANIAN_SSL_CERTIFICATE": str(known.certificate),
        "GRANIAN_SSL_KEYFILE": str(known.key),
        **settings,
    }
    collect = [sys.executable, "manage.py", *COLLECT.split()]
    subprocess.run(collect, cwd=ROOT, env={**os.environ, **environment}, check=True)
    log = folder / "server.log"
    with started(line("web"), environment, log):
        wait_for(port, log)
        yield root


class Identity(NamedTuple):
    """What a server shows of itself, and proves it with."""

    certificate: Path
    key: Path


def certificate(folder: Path) -> Identity:
    """Make a certificate of this machine, for a day, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now, day = datetime.now(UTC), timedelta(days=1)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    files = Identity(folder / "certificate.pem", folder / "key.pem")
    files.certificate.write_bytes(made.public_bytes(pem))
    files.key.write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    return files
