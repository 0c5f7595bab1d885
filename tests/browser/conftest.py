"""A real browser before the application that this process serves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize
from werkzeug.serving import make_server

from tests.office import PASSWORD, Office

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Enter = Callable[..., AbstractContextManager[Page]]
PATIENCE = 15_000  # milliseconds
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1440, "height": 900}


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of the application served in this process, under the moved clock."""
    server = make_server("127.0.0.1", 0, _read_whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _read_whole(app: Flask) -> WSGIApplication:
    """Give answers out in one piece, so that no file stays open where a page is left while it loads."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        parts = app(environ, start_response)
        try:
            return list(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()

    return answer


@pytest.fixture
def enter(browser: Browser, address: str) -> Enter:
    """A function that gives the page of someone signed in, and says that no script or style was refused."""

    @contextmanager
    def signed_in(
        username: str,
        size: ViewportSize = DESK,
        *,
        password: str = PASSWORD,
        scripts: bool = True,
        refusals: int = 0,
    ) -> Iterator[Page]:
        context = browser.new_context(
            viewport=size,
            locale="zh-CN",
            base_url=address,
            accept_downloads=True,
            java_script_enabled=scripts,
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/login")
        page.fill("[name=username]", username)
        page.fill("[name=password]", password)
        page.get_by_role("button", name="登录").click()
        yield page
        if scripts:
            overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert overflow <= 0
        assert sum("status of 409" in said for said in complaints) == refusals
        assert [said for said in complaints if "status of 409" not in said] == []
        context.close()

    return signed_in


def account_of(office: Office, post_id: int | None) -> str:
    """Return the account with which the holder of a post signs in."""
    members = (
        office.lead,
        office.safety_lead,
        office.village_lead,
        office.secretary,
        office.vice_head,
        office.clerk,
    )
    return next(member.account.username for member in members if member.post.id == post_id)
