"""What asks or tells a client something is refused where no mail may reach them."""

from bookings.errors import Code, NotBookableError
from clients.models import Client


def require_address(client: Client) -> None:
    """Raise `NotBookableError` where they have no address, and where none of theirs is safe."""
    if not client.email:
        raise NotBookableError(Code.NO_ADDRESS)
    if not client.mailed_at:
        raise NotBookableError(Code.NOT_BY_EMAIL)
