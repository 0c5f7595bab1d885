"""Under which names the installation is asked, and from which address: what a request says is not believed.

The Host header must be a name of the installation. The client's address and scheme come from the headers
of the proxies that stand before it, counted from the nearest: what a client wrote into them itself stands
further left. Other forwarding headers are not read.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import current_app, request
from flask_babel import gettext as _

from tracker.refusals import Refused

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # `serve --host 0.0.0.0`, to try it out in a network


class ForeignHost(Refused):
    """The installation was asked under a name that is not its own."""

    status = 400
    code = "foreign_host"


class BehindProxies:
    """Gives the application the address and scheme that the outermost of so many trusted proxies saw."""

    def __init__(self, application: "WSGIApplication", hops: int) -> None:
        self._application = application
        self._hops = hops

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if self._hops:
            address = _seen_by(environ, "HTTP_X_FORWARDED_FOR", self._hops)
            scheme = _seen_by(environ, "HTTP_X_FORWARDED_PROTO", self._hops).lower()
            if is_address(address):
                environ["REMOTE_ADDR"] = address
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self._application(environ, start_response)


def refuse_foreign_hosts() -> None:
    """Refuse a request that asks for another host, before anything is looked up."""
    host = urlsplit(f"//{request.host}").hostname or ""
    if host not in current_app.config["ENVIRONMENT"].hosts | OWN_MACHINE and not _is_tried_out(host):
        raise ForeignHost(_("这里不是您要访问的网站。请用本单位公布的地址访问。"))


def is_address(text: str) -> bool:
    """Whether a text is an IP address and nothing else."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _is_tried_out(host: str) -> bool:
    """Whether any address of this machine will do; an address is no name that somebody could point here."""
    return bool(current_app.config["ENVIRONMENT"].hosts & EVERY_ADDRESS) and is_address(host)


def _seen_by(environ: Any, header: str, hops: int) -> str:
    """Return the value that the outermost trusted proxy added, '' where too few did."""
    values = [value.strip() for value in str(environ.get(header, "")).split(",")]
    return values[-hops] if len(values) >= hops else ""
