"""Talking to a mail server: its address, a message, one kept connection, and whose fault a failure is."""

import io
import re
import smtplib
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import Enum
from socket import socket
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tracker.config import ImpossibleEnvironment

TIMEOUT = 15.0  # seconds for each step of the conversation
MESSAGE_LIMIT = 60.0  # seconds for one message, all steps together: below the lease of a digest
PORTS = {"smtp": 25, "smtps": 465}
SERVICE_NOT_AVAILABLE = 421
SENDER = "一岗双责跟踪"
EXPECTED = "应写成 smtp://用户:密码@主机:端口，加密用 smtps:// 或在末尾加 ?starttls，发件人用 ?from=地址"


class Failure(Enum):
    """Whose fault it is that a message did not go out."""

    SERVER = "server"  # nobody gets mail now
    LATER = "later"  # this message not now
    NEVER = "never"  # this message never


class NotSent(Exception):
    """A message did not go out; the text says what the server said."""

    def __init__(self, failure: Failure, said: str) -> None:
        super().__init__(said)
        self.failure = failure
        self.said = said


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over (TRACKER_SMTP_URL)."""

    host: str
    port: int
    encrypted: bool
    starttls: bool
    user: str | None
    password: str
    sender: str

    @classmethod
    def read(cls, url: str) -> "MailServer":
        """Return the server an address names. Raises ImpossibleEnvironment without repeating the password."""
        parts = urlsplit(url)
        try:
            port = parts.port or PORTS[parts.scheme]
        except (KeyError, ValueError):
            raise ImpossibleEnvironment(f"TRACKER_SMTP_URL 无法识别：{EXPECTED}。") from None
        if not parts.hostname:
            raise ImpossibleEnvironment(f"TRACKER_SMTP_URL 缺少主机名：{EXPECTED}。")
        asked = parse_qs(parts.query, keep_blank_values=True)
        user = unquote(parts.username) if parts.username else None
        sender = asked.get("from", [user if user and "@" in user else f"tracker@{parts.hostname}"])[0]
        return cls(
            host=parts.hostname,
            port=port,
            encrypted=parts.scheme == "smtps",
            starttls="starttls" in asked,
            user=user,
            password=unquote(parts.password or ""),
            sender=sender,
        )


# what would end a line of the message's head, or be taken for a coded word there
_NO_NAME = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+|=\?")


@dataclass(frozen=True)
class Letter:
    """A plain-text message to one person; `at` is the office's time."""

    message_id: str
    at: datetime
    name: str
    address: str
    subject: str
    body: str

    def from_(self, sender: str) -> EmailMessage:
        """Return the message as it is handed over. Raises ValueError where a header cannot be written."""
        message = EmailMessage(policy=SMTP)
        message["Message-ID"] = self.message_id
        message["Date"] = format_datetime(self.at)
        message["From"] = Address(SENDER, addr_spec=sender)
        message["To"] = Address(_NO_NAME.sub(" ", self.name), addr_spec=self.address)
        message["Subject"] = self.subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.body, cte="base64")
        return message


class _TimedLines(io.RawIOBase):
    """What a server says, for as long as it may take: a byte now and then is no answer."""

    def __init__(self, line: socket, until: Callable[[], float]) -> None:
        self._line, self._until = line, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._until() - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self._line.settimeout(min(left, TIMEOUT))
            return self._line.recv_into(buffer)
        except TimeoutError:
            slow = f"{TIMEOUT:.0f} 秒内没有应答" if left > TIMEOUT else "应答过慢，超过了一封邮件的总时限"
            raise TimeoutError(slow) from None


class _Timed(smtplib.SMTP):
    """A conversation that ends at `until` (of the monotonic clock), however slowly the server talks on."""

    def __init__(self, until: float, *args: Any, **named: Any) -> None:
        self.until = until
        super().__init__(*args, **named)

    def getreply(self) -> tuple[int, bytes]:
        """Read one reply of the server, as the base does, within the time."""
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_TimedLines(self.sock, lambda: self.until))
        return super().getreply()


class _TimedEncrypted(_Timed, smtplib.SMTP_SSL):
    """The same over TLS; the handshake has a limit of its own."""


class Connection:
    """One connection kept for many messages, opened with the first and anew after a break.

    `limit` is the most a message may take, in seconds, opening the connection included.
    """

    def __init__(self, server: MailServer, limit: float = MESSAGE_LIMIT) -> None:
        self.server = server
        self.limit = limit
        self._smtp: _Timed | None = None

    def send(self, message: EmailMessage, to: str) -> None:
        """Hand one message over for one recipient; when it returns, the server has it. Raises NotSent."""
        smtp = self._opened(time.monotonic() + self.limit)
        try:
            smtp.send_message(message, self.server.sender, [to])
        except (smtplib.SMTPException, OSError) as error:
            problem = _judged(error)
            self._recover(problem)
            raise problem from error

    def close(self) -> None:
        """Say goodbye, if there is still somebody to say it to."""
        if self._smtp is not None:
            self._smtp.until = time.monotonic() + TIMEOUT
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._smtp = None

    def _opened(self, until: float) -> smtplib.SMTP:
        if self._smtp is None:
            try:
                self._smtp = self._open(until)
            except (smtplib.SMTPException, OSError) as error:
                raise NotSent(Failure.SERVER, _said(error)) from error
        self._smtp.until = until
        return self._smtp

    def _open(self, until: float) -> _Timed:
        at = self.server
        secure = ssl.create_default_context()  # certificates are checked
        smtp: _Timed
        if at.encrypted:
            smtp = _TimedEncrypted(until, at.host, at.port, timeout=TIMEOUT, context=secure)
        else:
            smtp = _Timed(until, at.host, at.port, timeout=TIMEOUT)
        try:
            if at.starttls:
                smtp.starttls(context=secure)
            if at.user is not None:
                smtp.login(at.user, at.password)
        except (smtplib.SMTPException, OSError):
            smtp.close()
            raise
        return smtp

    def _recover(self, problem: NotSent) -> None:
        """Keep the connection for the next message only where the server is still in the conversation."""
        assert self._smtp is not None
        try:
            if problem.failure is not Failure.SERVER:
                self._smtp.rset()
                return
        except (smtplib.SMTPException, OSError):
            pass
        self._smtp.close()
        self._smtp = None


def _judged(error: Exception) -> NotSent:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return NotSent(_by_code(code), f"{code} {_text(said)}")
    if isinstance(error, smtplib.SMTPDataError):
        return NotSent(_by_code(error.smtp_code), _said(error))
    return NotSent(Failure.SERVER, _said(error))  # the sender refused, a broken line, silence …


def _by_code(code: int) -> Failure:
    if code == SERVICE_NOT_AVAILABLE:
        return Failure.SERVER
    return Failure.NEVER if code >= 500 else Failure.LATER


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, TimeoutError):
        return f"{TIMEOUT:.0f} 秒内没有应答"
    return _text(str(error)) or type(error).__name__


def _text(said: bytes | str) -> str:
    plain = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(plain.split())[:200]
