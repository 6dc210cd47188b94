"""The events: each is written down in the transaction of what it tells."""

import json

from sqlalchemy import Connection, insert

from pos.domain.event import Event
from pos.store.tables import events

_ADD = insert(events).inline()


def add(connection: Connection, network: str, event: Event) -> None:
    """Write an event down."""
    values = {
        "network": network,
        "at": event.at,
        "kind": event.kind.value,
        "subject": event.subject,
        "data": json.dumps(dict(event.data)),
    }
    connection.execute(_ADD, values)
