"""A real SMTP server on this machine that keeps what it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.processes import free_port


@dataclass
class Sink:
    """Where mail went: the address to send to, and the messages in the order they came."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return the value for TRACKER_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep one message (the name is aiosmtpd's)."""
        message = BytesParser(EmailMessage, policy=modern).parsebytes(envelope.original_content or b"")
        self.messages.append(message)
        return "250 kept"


@contextmanager
def listening() -> Iterator[Sink]:
    """Run the server until the block ends."""
    sink = Sink(free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
