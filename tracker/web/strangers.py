"""Requests without an account go to the log: each its line, counted, and no more of them than a disk bears.

The trail is for those who have an account; a stranger could fill it. A line says what was asked for and
answered, never what was sent: no query, no form, no name that somebody tried to sign in with.
"""

import logging
import threading
from collections.abc import Callable

from flask import Response, g, request, session
from flask_login import current_user

from tracker import clock

LINES_A_MINUTE = 30  # for one address in one web process
MOST_ADDRESSES = 1000  # counted apart within a minute; all further ones are counted together
ALL_FURTHER = "*"
LONGEST = 200  # characters of a path or of what a browser calls itself
MINUTE = 60  # seconds
WAKING = "tell-left-out"  # name of the thread that waits for the minute's end

log = logging.getLogger(__name__)


class Meter:
    """Counts the requests of each address within a minute; says afterwards how many got no line.

    `tell` is given the minute, the address and the number.
    """

    def __init__(self, tell: Callable[[int, str, int], None]) -> None:
        self._tell = tell
        self._minute = 0
        self._counts: dict[str, int] = {}
        self._turn = threading.Lock()

    def count(self, address: str, minute: int) -> int:
        """Return the number of the request among those of the address in this minute."""
        with self._turn:
            self._close(minute)
            known = address in self._counts or len(self._counts) < MOST_ADDRESSES
            counted = address if known else ALL_FURTHER
            self._counts[counted] = self._counts.get(counted, 0) + 1
            return self._counts[counted]

    def close(self, minute: int) -> None:
        """Tell what was left out in the minute before, where `minute` is a later one."""
        with self._turn:
            self._close(minute)

    def _close(self, minute: int) -> None:
        if minute == self._minute:
            return
        for address, count in self._counts.items():
            if count > LINES_A_MINUTE:
                self._tell(self._minute, address, count - LINES_A_MINUTE)
        self._minute, self._counts = minute, {}


def note_stranger(response: Response) -> Response:
    """Write the line of a request without an account that was turned away or refused."""
    if not (response.status_code >= 400 or g.get("turned_away")) or not _is_stranger():
        return response
    address = request.remote_addr or ""
    count = _meter.count(address, _minute())
    if count <= LINES_A_MINUTE:
        log.info("request without an account", extra={"fields": _fields(response, address, count)})
    elif count == LINES_A_MINUTE + 1:
        _tell_when_the_minute_is_over()
    return response


def _is_stranger() -> bool:
    """Whether nobody is signed in; where the database is away it is not asked."""
    if "_user_id" not in session:  # Flask-Login's
        return True
    return not g.get("failing") and not current_user.is_authenticated


def _fields(response: Response, address: str, count: int) -> dict[str, object]:
    return {
        "request": g.get("request_id", ""),
        "method": request.method[:LONGEST],
        "path": request.path[:LONGEST],
        "address": address,
        "status": response.status_code,
        "agent": request.headers.get("User-Agent", "")[:LONGEST],
        "count": count,
    }


def _left_out(minute: int, address: str, left_out: int) -> None:
    fields = {"address": address, "minute": minute * MINUTE, "left_out": left_out}
    log.info("requests without an account, without a line", extra={"fields": fields})


def _minute() -> int:
    return int(clock.now().timestamp()) // MINUTE


def _tell_when_the_minute_is_over() -> None:
    if any(thread.name == WAKING for thread in threading.enumerate()):
        return  # one thread a minute, however many addresses have too many requests
    rest = MINUTE - clock.now().timestamp() % MINUTE
    timer = threading.Timer(rest, lambda: _meter.close(_minute()))
    timer.daemon, timer.name = True, WAKING
    timer.start()


_meter = Meter(_left_out)
