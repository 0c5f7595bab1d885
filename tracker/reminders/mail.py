"""Talking to a mail server: its address, one kept connection, and whose fault a failure is."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from enum import Enum
from urllib.parse import parse_qs, unquote, urlsplit

from tracker.config import ImpossibleEnvironment

TIMEOUT = 15.0  # seconds for each step of the conversation
PORTS = {"smtp": 25, "smtps": 465}
SERVICE_NOT_AVAILABLE = 421
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


class Connection:
    """One connection kept for many messages, opened with the first and anew after a break."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._smtp: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, to: str) -> None:
        """Hand one message over for one recipient; when it returns, the server has it. Raises NotSent."""
        smtp = self._opened()
        try:
            smtp.send_message(message, self.server.sender, [to])
        except (smtplib.SMTPException, OSError) as error:
            problem = _judged(error)
            self._recover(problem)
            raise problem from error

    def close(self) -> None:
        """Say goodbye, if there is still somebody to say it to."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._smtp = None

    def _opened(self) -> smtplib.SMTP:
        if self._smtp is None:
            try:
                self._smtp = self._open()
            except (smtplib.SMTPException, OSError) as error:
                raise NotSent(Failure.SERVER, _said(error)) from error
        return self._smtp

    def _open(self) -> smtplib.SMTP:
        at = self.server
        secure = ssl.create_default_context()  # certificates are checked
        smtp: smtplib.SMTP
        if at.encrypted:
            smtp = smtplib.SMTP_SSL(at.host, at.port, timeout=TIMEOUT, context=secure)
        else:
            smtp = smtplib.SMTP(at.host, at.port, timeout=TIMEOUT)
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
