"""The desk that every request passes: which session it belongs to."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from typing import cast

from starlette.requests import Request

from orgsmith.arena.errors import OrgError
from orgsmith.arena.org import Org
from orgsmith.arena.sandbox.locators import Locators
from orgsmith.arena.sandbox.tokens import Credentials, Tokens
from orgsmith.arena.session import Session
from orgsmith.arena.store.defaults import running_user

TODAY_HEADER = "Orgsmith-Today"
_SCHEMES = ("bearer", "oauth")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Desk:
    """What all requests share: the org, who may come in, query results still being read."""

    def __init__(self, org: Org, credentials: Credentials) -> None:
        self.org = org
        self.credentials = credentials
        self.tokens = Tokens(credentials.token)
        self.locators = Locators()
        self.forgetting: dict[str, Callable[[str], None]] = {"results": self.locators.drop}
        """Told of a session before what it wrote is forgotten, by the name of what is dropped."""
        self._numbers = count(1)
        self.calls = 0

    def admit(self, headers: Mapping[str, str]) -> Session:
        """The session of a request, on the day that it asks for.

        Args:
            headers: the request's, found in any case: Authorization with a session id, and
                Orgsmith-Today, from which on the session has that date.

        Raises:
            OrgError: INVALID_SESSION_ID (401), or the date is none.
        """
        token = self._token(headers)
        day = _day(headers.get(TODAY_HEADER))
        session = self.org.session(token, today=day)
        if day is None:
            return session
        # Another request of this session may set another date while this one still runs.
        return session.at(day)

    @property
    def user(self) -> str:
        """Id of the user in whose name sessions act."""
        return running_user(self.org.engine.tables)

    def expire(self, token: str) -> bool:
        """Let a session id expire, and forget what it wrote; False: it is not one that can."""
        if not self.tokens.expire(token):
            return False
        self._forget(token)
        self.org.end(token)
        return True

    def reset(self, session: Session) -> None:
        """Forget what a session wrote, its jobs, and the results it was reading."""
        self._forget(session.token)
        session.reset()

    def count(self) -> None:
        """Note a call of the API."""
        self.calls = next(self._numbers)

    def _forget(self, token: str) -> None:
        for forget in tuple(self.forgetting.values()):
            forget(token)

    def _token(self, headers: Mapping[str, str]) -> str:
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in _SCHEMES or not self.tokens.works(token.strip()):
            raise OrgError("INVALID_SESSION_ID", "Session expired or invalid", status=401)
        return token.strip()


def desk_of(request: Request) -> Desk:
    """The desk of the app that serves a request."""
    return cast("Desk", request.app.state.desk)


def session_of(request: Request) -> Session:
    """The session of a request.

    Raises:
        OrgError: as `Desk.admit`.
    """
    return desk_of(request).admit(request.headers)


def root_of(request: Request) -> str:
    """The address at which a client reached the sandbox."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    with suppress(ValueError):
        # fromisoformat takes 20240131 and 2024-W05-3 as well.
        if _DAY.fullmatch(text):
            return dt.date.fromisoformat(text)
    raise OrgError(
        "INVALID_REQUEST_HEADER", f"{TODAY_HEADER}: {text!r} is not a date; write 2024-01-31"
    )
