"""Addresses of mail servers, and servers that take their time."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

import pytest

from tracker import mail
from tracker.config import ImpossibleEnvironment
from tracker.mail import Connection, Failure, MailServer, NotSent
from tracker.outbox import LEASE


@pytest.mark.parametrize(
    ("url", "host", "port", "encrypted", "starttls", "user", "password", "sender"),
    [
        ("smtp://mail.qs.invalid", "mail.qs.invalid", 25, False, False, None, "", "tracker@mail.qs.invalid"),
        ("smtps://mail.qs.invalid", "mail.qs.invalid", 465, True, False, None, "", "tracker@mail.qs.invalid"),
        (
            "smtp://a%40b.invalid:p%2Fw@h:587?starttls",
            "h",
            587,
            False,
            True,
            "a@b.invalid",
            "p/w",
            "a@b.invalid",
        ),
        ("smtp://a:b@h?from=office@qs.invalid", "h", 25, False, False, "a", "b", "office@qs.invalid"),
    ],
)
def test_what_an_address_says(
    url: str,
    host: str,
    port: int,
    encrypted: bool,
    starttls: bool,
    user: str | None,
    password: str,
    sender: str,
) -> None:
    assert MailServer.read(url) == MailServer(host, port, encrypted, starttls, user, password, sender)


@pytest.mark.parametrize("url", ["", "mail.qs.invalid", "http://h", "smtp://", "smtp://u:geheim@h:port"])
def test_an_impossible_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ImpossibleEnvironment) as refused:
        MailServer.read(url)
    assert "TRACKER_SMTP_URL" in str(refused.value)
    assert "geheim" not in str(refused.value)


DRIP = 0.05  # seconds between two bytes
LIMIT = 0.6  # seconds for a message in these tests


@contextmanager
def dripping(after: int) -> Iterator[int]:
    """Run a server that answers `after` commands as it should, then one endless byte at a time; its port."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        ended = threading.Event()

        def talk() -> None:
            with suppress(OSError):
                line, _address = door.accept()
                with line, line.makefile("rb") as said:
                    line.sendall(b"220 here\r\n" if after else b"2")
                    for _ in range(after):
                        while b"\n" not in said.readline():
                            pass
                        line.sendall(b"250 go on\r\n")
                    while not ended.wait(DRIP):
                        line.sendall(b"0")

        server = threading.Thread(target=talk)
        server.start()
        try:
            yield door.getsockname()[1]
        finally:
            ended.set()
            door.shutdown(socket.SHUT_RDWR)
            server.join()


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_a_server_that_drips_holds_no_message_up(expected_mail_ports: set[int], after: int) -> None:
    message = EmailMessage()
    message.set_content("正文")
    with dripping(after) as port:
        expected_mail_ports.add(port)
        connection = Connection(MailServer.read(f"smtp://127.0.0.1:{port}"), limit=LIMIT)
        begun = time.monotonic()
        with pytest.raises(NotSent) as failed:
            connection.send(message, "lead@qs.invalid")
        connection.close()
    assert time.monotonic() - begun < LIMIT + 1
    assert failed.value.failure is Failure.SERVER
    assert "总时限" in failed.value.said


def test_a_message_ends_before_its_lease() -> None:
    assert LEASE.total_seconds() > mail.MESSAGE_LIMIT + 2 * mail.TIMEOUT
