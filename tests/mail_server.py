"""A mail server that keeps what it is given, in place of the one of the settings."""

import smtplib
from typing import Any, ClassVar


class MailServer:
    """Stands for `smtplib.SMTP`; after `patience` letters it breaks off."""

    sent: ClassVar[list[Any]] = []
    patience: ClassVar[int] = 6

    def __init__(self, host: str, port: int, **_told: Any) -> None:
        self.place = (host, port)

    def __enter__(self) -> "MailServer":
        return self

    def __exit__(self, *_told: object) -> None:
        return None

    def starttls(self, **_told: Any) -> None:
        self.secure = True

    def send_message(self, message: Any) -> None:
        if len(self.sent) >= self.patience:
            raise smtplib.SMTPServerDisconnected
        self.sent.append(message)


def told(message: Any) -> str:
    """Everything that a letter says, its head included."""
    return f"{message['To']} {message['Subject']} {message.get_content()}"


def stand_in(app: Any, monkeypatch: Any) -> type[MailServer]:
    """Set a mail server in the application's settings; the server, empty."""
    settings = app.config["SETTINGS"]
    changed = {
        **vars(settings), "mail_server": "mail.example:2525", "mail_from": "dr@example.go.th",
    }  # fmt: skip
    monkeypatch.setitem(app.config, "SETTINGS", type(settings)(**changed))
    monkeypatch.setattr(smtplib, "SMTP", MailServer)
    MailServer.sent.clear()
    monkeypatch.setattr(MailServer, "patience", 6)
    return MailServer
