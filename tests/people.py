"""The people of a shop that somebody has claimed, each with a browser of their own."""

import json
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from pos.domain.device import Face
from pos.domain.event import Event, Kind
from pos.domain.owner import Owner, name_key
from pos.domain.staff import Role
from pos.services.pair import offer
from pos.services.pins import digest_of_pin
from pos.services.sign_in import begin_session
from pos.services.tokens import digest_of, new_token
from pos.shop import Shop
from pos.store.tables import devices, events, owners, staff
from pos.web.access import DEVICE_COOKIE, OWNER_COOKIE
from tests.by_hand import write
from tests.fakes import NOON

PASSWORD = "correct horse battery"
# Of that password, made with less work than the till's own: which is told by the hash itself.
PASSWORD_HASH = "$argon2id$v=19$m=64,t=1,p=1$lYmLHe2JbIWdsDQktm/G1w$GFE2SQPlV8YrcWtofWzdfIgmntl4hbVgfVZ/6NPsZjw"


@dataclass(frozen=True)
class People:
    """Makes them. Nobody is there before a test asks."""

    app: Flask

    @property
    def shop(self) -> Shop:
        shop: Shop = self.app.extensions["shop"]
        return shop

    def stranger(self) -> FlaskClient:
        return self.app.test_client()

    def claim(self, name: str = "Marta") -> Owner:
        """Let the shop have an owner who is nowhere signed in."""
        owner = Owner(f"owner-{name}", name, NOON)
        self._write(
            insert(owners).values(
                id=owner.id, name=name, name_key=name_key(name), password_hash=PASSWORD_HASH, created_at=NOON
            )
        )
        return owner

    def owner(self, name: str = "Marta") -> FlaskClient:
        """Return the browser of an owner who is signed in."""
        return self.with_cookie(OWNER_COOKIE, self.session(name)[1])

    def session(self, name: str = "Marta") -> tuple[Owner, str]:
        """Return an owner who is signed in somewhere, and the token of that session."""
        owner, password_hash = self.shop.store.owners.find(name) or (self.claim(name), PASSWORD_HASH)
        return owner, begin_session(self.shop, owner, password_hash, "a browser")

    def offer(self, name: str = "Counter") -> tuple[str, str]:
        """Let an owner offer to make a browser the first till, and return the token of the link, and the code."""
        _, token, code = offer(self.shop, Face.TILL, self.shop.settings.tills[0], name, *self.session())
        return token, code

    def device(
        self, face: Face = Face.TILL, place: str = "till", sells: str = "", *, revoked: bool = False
    ) -> FlaskClient:
        """Return the browser of a paired device, with somebody of the staff who sells there."""
        token = new_token()
        self._write(
            insert(devices).values(
                id=f"device-{token[:8]}",
                face=face.value,
                name=f"the {face} {place}",
                place=place,
                digest=digest_of(token),
                paired_at=NOON,
                seen_at=NOON,
                revoked_at=NOON if revoked else None,
                staff_id=sells,
                active_at=NOON if sells else 0,
            )
        )
        return self.with_cookie(DEVICE_COOKIE, token)

    def somebody(self, name: str = "Ana", role: Role = Role.CASHIER, pin: str = "") -> str:
        """Let somebody work in the shop, and return the id."""
        digest = digest_of_pin(self.shop, pin) if pin else None
        values = {"id": name.lower(), "name": name, "role": role.value, "pin_digest": digest}
        self._write(insert(staff).values(**values, currency="SAT", created_at=NOON))
        return name.lower()

    def told(self, kind: Kind) -> list[Event]:
        """Return what was written down of a kind, in the order in which it happened."""
        with self.shop.store.engine.connect() as connection:
            rows = connection.execute(select(events).where(events.c.kind == kind.value).order_by(events.c.seq)).all()
        return [Event(kind, row.subject, row.at, json.loads(row.data)) for row in rows]

    def _write(self, statement: object) -> None:
        with write(self.shop.store) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def with_cookie(self, name: str, value: str) -> FlaskClient:
        """Return a browser that sends a cookie along: `owner` or `device`."""
        client = self.app.test_client()
        client.set_cookie(f"{self.app.config['SESSION_COOKIE_NAME']}_{name}", value)
        return client
