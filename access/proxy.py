"""Which proxies are believed: the forwarded scheme, host and address of nobody else count."""

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Request
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)
PROXIED = "jangwat.proxied"
"""Set in the environment of a request that some proxy passed on, believed or not."""


class TrustedProxies:
    """WSGI: applies what a named proxy tells of its client, and drops it from anybody else."""

    def __init__(self, app: "WSGIApplication", addresses: Iterable[str]) -> None:
        self.app, self.networks = app, networks(addresses)
        self.behind = ProxyFix(app, x_for=1, x_proto=1, x_host=1)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        told = [name for name in FORWARDED if name in environ]
        trusted = self._trusts(environ.get("REMOTE_ADDR", ""))
        environ[PROXIED] = trusted or bool(told)
        if trusted:
            return self.behind(environ, start)
        for name in told:
            del environ[name]
        return self.app(environ, start)

    def _trusts(self, address: str) -> bool:
        ip = _address(address)
        return ip is not None and any(ip in network for network in self.networks)


def networks(addresses: Iterable[str]) -> list[Network]:
    """Addresses or networks as written in the settings; raises ValueError naming a wrong one."""
    found = []
    for written in addresses:
        try:
            found.append(ipaddress.ip_network(written, strict=False))
        except ValueError:
            told = f"JANGWAT_TRUSTED_PROXIES: {written!r} is neither an address nor a network"
            raise ValueError(told) from None
    return found


def on_this_machine(request: Request) -> bool:
    """Whether browser and server share a machine: no proxy, and loopback at both ends."""
    if request.environ.get(PROXIED):
        return False
    return is_loopback(urlsplit(f"//{request.host}").hostname) and is_loopback(request.remote_addr)


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address means the machine itself."""
    if host == "localhost":
        return True
    ip = _address(host or "")
    return ip is not None and ip.is_loopback


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address; one of IPv4 that came in the dress of IPv6 is taken for what it is."""
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip
