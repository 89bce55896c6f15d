"""Letters by e-mail, where the office has set a mail server (`JANGWAT_MAIL_SERVER`)."""

import smtplib
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage

from flask import current_app

FAILURES = (OSError, smtplib.SMTPException)
"""What a mail server that is away or refuses raises."""


@dataclass(frozen=True)
class Letter:
    """What one address is told; `reminders` are the records in which it is noted that it went."""

    address: str
    subject: str
    text: str
    reminders: tuple[int, ...] = ()


def is_set() -> bool:
    """Whether letters can be sent at all."""
    return bool(current_app.config["SETTINGS"].mail_server)


def message(letter: Letter) -> EmailMessage:
    """A letter of plain text from the office's address."""
    made = EmailMessage()
    made["From"] = current_app.config["SETTINGS"].mail_from
    made["To"], made["Subject"] = letter.address, letter.subject
    made.set_content(letter.text)
    return made


def deliver(letters: Iterable[Letter], patience: int, sent: Callable[[Letter], None]) -> None:
    """Send letters over one connection; `sent` is told of each at once, so that none is repeated.

    Raises one of FAILURES where the server does not take the next one.
    """
    with server(patience) as found:
        for letter in letters:
            found.send_message(message(letter))
            sent(letter)


@contextmanager
def server(patience: int) -> Iterator[smtplib.SMTP]:
    """The mail server, signed in where a name is set; it has `patience` seconds for each answer."""
    settings = current_app.config["SETTINGS"]
    host, _colon, port = settings.mail_server.partition(":")
    secure = ssl.create_default_context()
    if settings.mail_tls == "tls":
        made: smtplib.SMTP = smtplib.SMTP_SSL(
            host, int(port or 465), timeout=patience, context=secure
        )
    else:
        made = smtplib.SMTP(host, int(port or 587), timeout=patience)
    with made as found:
        if settings.mail_tls == "starttls":
            found.starttls(context=secure)
        if settings.mail_user:
            found.login(settings.mail_user, settings.mail_password)
        yield found
