"""Which owner asks."""

from pos.domain.owner import Owner
from pos.services.sign_in import NotSignedIn
from pos.web.access import identity


def owner_who_asks() -> Owner:
    """Return the owner whose session this is; the door lets nobody else in. Raises NotSignedIn or StoreError."""
    owner = identity().owner
    if owner is None:
        raise NotSignedIn
    return owner
