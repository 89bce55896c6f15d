"""Every setting, read once from the environment, each with its meaning and default.

Names begin with JANGWAT_, except DATABASE_URL and PORT, which hosts already set. The table
in docs/settings.md is made from `SETTINGS`.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SETTINGS: dict[str, tuple[str, str]] = {
    "JANGWAT_DATA": ("./data", "The one folder with database, files and keys; mode 0700."),
    "DATABASE_URL": ("", "Address of a PostgreSQL database; empty: SQLite in the data folder."),
    "PORT": ("8000", "Port that `python app.py` listens on."),
    "JANGWAT_HOST": ("127.0.0.1", "Address that `python app.py` listens on."),
    "JANGWAT_WORKERS": ("2", "Number of server processes."),
    "JANGWAT_DEMO_PASSWORD": (
        "",
        "Password of all demo accounts; empty: made once, kept in the data folder.",
    ),
    "JANGWAT_TRUSTED_PROXIES": (
        "",
        "Addresses of proxies whose forwarded scheme and address count, with commas.",
    ),
    "JANGWAT_IDLE_MINUTES": ("30", "Minutes without a request after which a sign-in ends."),
    "JANGWAT_SESSION_HOURS": ("12", "Hours after which a sign-in ends in any case."),
    "JANGWAT_SESSION_DAYS": ("30", "Days for which a sign-in that is over is kept."),
    "JANGWAT_ATTEMPT_DAYS": ("1", "Days for which a failed sign-in is kept."),
    "JANGWAT_FORM_DAYS": ("30", "Days for which a form is known to have been sent already."),
    "JANGWAT_FILES": (
        "",
        "Where attached files are kept, as an fsspec address; empty: in the data folder.",
    ),
    "JANGWAT_UPLOAD_MB": ("50", "Largest file that may be attached, in megabytes."),
    "JANGWAT_REPORT_DAY": (
        "5",
        "Day of the next month until which projects report a month's progress.",
    ),
    "JANGWAT_SLIP_AMBER": ("5", "Percent behind plan beyond which a project's light is amber."),
    "JANGWAT_SLIP_RED": ("15", "Percent behind plan beyond which a project's light is red."),
    "JANGWAT_LATE_RED_DAYS": ("30", "Days past its end after which a project's light is red."),
    "JANGWAT_TARGET_AMBER": (
        "5",
        "Percentage points below the disbursement target down to which a light is amber, not red.",
    ),
    "JANGWAT_COMPLAINT_DAYS": (
        "calendar",
        "How the days of a complaint's agency are counted: `calendar` or `working`.",
    ),
    "JANGWAT_COMPLAINT_NEAR_DAYS": (
        "3",
        "Days before its due day from which a complaint is shown as nearly due.",
    ),
    "JANGWAT_MAIL_SERVER": (
        "",
        "Mail server for reminders, as host or host:port; empty: reminders are only listed.",
    ),
    "JANGWAT_MAIL_FROM": ("", "Address from which reminders are sent."),
    "JANGWAT_MAIL_USER": ("", "Name at the mail server; empty: none is asked."),
    "JANGWAT_MAIL_PASSWORD": ("", "Password at the mail server."),
    "JANGWAT_MAIL_TLS": (
        "starttls",
        "Encryption to the mail server: `starttls`, `tls` or `none` (only within one machine).",
    ),
    "JANGWAT_LOG": ("json", "Form of the log: `json` or `text`."),
}


@dataclass(frozen=True)
class Settings:
    """The settings in force; `data` is an absolute path, the rest as in `SETTINGS`."""

    data: Path
    database_url: str
    port: int
    host: str
    workers: int
    demo_password: str
    trusted_proxies: tuple[str, ...]
    idle_minutes: int
    session_hours: int
    session_days: int
    attempt_days: int
    form_days: int
    files: str
    upload_bytes: int
    report_day: int
    slip_amber: int
    slip_red: int
    late_red_days: int
    target_amber: int
    complaint_days: str
    complaint_near_days: int
    mail_server: str
    mail_from: str
    mail_user: str
    mail_password: str
    mail_tls: str
    log: str

    def key(self, name: str) -> bytes:
        """The secret kept in the data folder under `name`, made on first use (mode 0600)."""
        path = self.data / "keys" / name
        if not path.exists():
            self.folder("keys")
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                return path.read_bytes()
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_hex(32).encode())
        return path.read_bytes()

    def folder(self, *parts: str) -> Path:
        """A folder inside the data folder, made when missing (mode 0700)."""
        path = self.data
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in parts:
            path = path / part
            path.mkdir(mode=0o700, exist_ok=True)
        return path


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of an environment; raises ValueError naming a setting that is not as it must be."""

    def text(name: str) -> str:
        return environment.get(name) or SETTINGS[name][0]

    def number(name: str) -> int:
        try:
            return int(text(name))
        except ValueError:
            raise ValueError(f"{name} must be a whole number, not {text(name)!r}") from None

    def choice(name: str, *known: str) -> str:
        if text(name) not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, not {text(name)!r}")
        return text(name)

    data = Path(text("JANGWAT_DATA")).absolute()
    url = text("DATABASE_URL") or f"sqlite:///{data / 'jangwat.sqlite'}"
    return Settings(
        data=data,
        database_url=_with_driver(url),
        port=number("PORT"),
        host=text("JANGWAT_HOST"),
        workers=number("JANGWAT_WORKERS"),
        demo_password=text("JANGWAT_DEMO_PASSWORD"),
        trusted_proxies=tuple(
            filter(None, text("JANGWAT_TRUSTED_PROXIES").replace(" ", "").split(","))
        ),
        idle_minutes=number("JANGWAT_IDLE_MINUTES"),
        session_hours=number("JANGWAT_SESSION_HOURS"),
        session_days=number("JANGWAT_SESSION_DAYS"),
        attempt_days=number("JANGWAT_ATTEMPT_DAYS"),
        form_days=number("JANGWAT_FORM_DAYS"),
        files=text("JANGWAT_FILES"),
        upload_bytes=number("JANGWAT_UPLOAD_MB") * 1024 * 1024,
        report_day=number("JANGWAT_REPORT_DAY"),
        slip_amber=number("JANGWAT_SLIP_AMBER"),
        slip_red=number("JANGWAT_SLIP_RED"),
        late_red_days=number("JANGWAT_LATE_RED_DAYS"),
        target_amber=number("JANGWAT_TARGET_AMBER"),
        complaint_days=choice("JANGWAT_COMPLAINT_DAYS", "calendar", "working"),
        complaint_near_days=number("JANGWAT_COMPLAINT_NEAR_DAYS"),
        mail_server=text("JANGWAT_MAIL_SERVER"),
        mail_from=text("JANGWAT_MAIL_FROM"),
        mail_user=text("JANGWAT_MAIL_USER"),
        mail_password=text("JANGWAT_MAIL_PASSWORD"),
        mail_tls=choice("JANGWAT_MAIL_TLS", "starttls", "tls", "none"),
        log=text("JANGWAT_LOG"),
    )


def _with_driver(url: str) -> str:
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url
