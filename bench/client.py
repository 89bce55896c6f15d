"""A browser as far as the bench needs one: cookies, forms, and a stopwatch.

Each request opens a connection of its own, as gunicorn's sync workers close it after each answer.
"""

import html
import http.client
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import quote, urlencode

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SHOWN = re.compile(r">\s*(\d\d-25\d\d-\d{6})\s*<")


@dataclass
class Answer:
    """What came back: seconds to the first byte and to the last."""

    status: int
    headers: Any
    body: bytes
    first_byte: float
    whole: float

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()

    @property
    def numbers(self) -> list[str]:
        """The case numbers shown, in the order of the page, each once."""
        return list(dict.fromkeys(SHOWN.findall(self.text)))

    def link(self, rel: str) -> str:
        """The address of the pager's `next` or `prev`."""
        found = re.search(rf'rel="{rel}" href="([^"]+)"', self.text)
        if not found:
            raise LookupError(f"the page has no link {rel!r}")
        return html.unescape(found[1])


class Unexpected(Exception):
    """An answer that is not what was asked for; the bench then measures nothing."""


@dataclass
class Browser:
    """One person at one server on this machine."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    spent: Callable[[], float] = float
    """Seconds of processor time that the server has used so far."""

    def ask(
        self, path: str, data: dict[str, Any] | None = None, sink: IO[bytes] | None = None
    ) -> Answer:
        """GET, or POST where `data` is given; the body goes to `sink` where one is given."""
        body, headers = None, {"Cookie": self.cookie}
        if data is not None:
            body = urlencode({"csrf_token": self.token, **data}, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        started = time.perf_counter()
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.request("GET" if data is None else "POST", safe(path), body, headers)
        answer = connection.getresponse()
        first = time.perf_counter() - started
        content = answer.read() if sink is None else _drain(answer, sink)
        whole = time.perf_counter() - started
        connection.close()
        self._keep(answer)
        return Answer(answer.status, answer.headers, content, first, whole)

    @property
    def cookie(self) -> str:
        """The header that carries the cookies."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _keep(self, answer: http.client.HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()

    def take_token(self, path: str) -> None:
        """Open a page and keep the CSRF token of its form."""
        found = TOKEN.search(self.ask(path).text)
        if not found:
            raise Unexpected(f"{path} has no CSRF token")
        self.token = html.unescape(found[1])

    def sign_in(self, username: str, password: str) -> None:
        """Sign in by the form, as a person does; raises Unexpected where that is refused."""
        self.take_token("/login")
        answer = self.ask("/login", {"username": username, "password": password})
        if answer.status != 302:
            raise Unexpected(f"{username} was not signed in: {answer.status}")


def safe(path: str) -> str:
    """An address with its Thai letters escaped."""
    return quote(path, safe="/?&=%+:;,@-_.~[]")


def _drain(answer: http.client.HTTPResponse, sink: IO[bytes]) -> bytes:
    while piece := answer.read1(1 << 16):
        sink.write(piece)
    return b""
