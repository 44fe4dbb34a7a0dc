"""Who may come in: what a client logs in with, and the session ids that were given out."""

import hmac
import secrets
from dataclasses import dataclass, field

from orgsmith.schema.ids import suffix

_ORGANISATION = "00DOr0zzzzzzOrg"
# The serials of records end far below nine digits that begin with z: no record has these ids.
ORGANISATION = _ORGANISATION + suffix(_ORGANISATION)
"""Id of the org."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens the door.

    `token` is a session id that always works, and the security token that may follow the
    password.
    """

    token: str = "orgsmith"
    username: str = "admin@orgsmith.example"
    password: str = field(default="orgsmith", repr=False)
    client_id: str = "orgsmith"
    client_secret: str = field(default="orgsmith", repr=False)

    def is_user(self, username: str, password: str) -> bool:
        """Whether a user name goes with a password, alone or followed by the security token."""
        named = _same(username.lower(), self.username.lower())
        return named & (
            _same(password, self.password) | _same(password, self.password + self.token)
        )

    def is_client(self, client_id: str, client_secret: str) -> bool:
        """Whether a connected app's id goes with its secret."""
        return _same(client_id, self.client_id) & _same(client_secret, self.client_secret)


class Tokens:
    """The session ids that work: the one that always does, and those given at logins."""

    def __init__(self, lasting: str) -> None:
        self.lasting = lasting
        self._issued: set[str] = set()

    def issue(self) -> str:
        """A new session id: whoever logs in gets a world of their own."""
        token = f"{ORGANISATION[:15]}!{secrets.token_urlsafe(48)}"
        self._issued.add(token)
        return token

    def works(self, token: str) -> bool:
        """Whether a session id is one of ours, and has not expired."""
        return token in self._issued or _same(token, self.lasting)

    def expire(self, token: str) -> bool:
        """Let a session id expire; False: it lasts, or never was one."""
        if token not in self._issued:
            return False
        self._issued.discard(token)
        return True


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())
