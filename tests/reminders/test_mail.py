"""Addresses of mail servers."""

import pytest

from tracker.config import ImpossibleEnvironment
from tracker.reminders.mail import MailServer


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
