"""tracker serve: the web server and one worker as child processes that live and end together.

The application is loaded once, checked, and then forked: the first page comes sooner, and the
processes share its memory.
"""

import ctypes
import errno
import gc
import http.client
import ipaddress
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.context import ForkProcess

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from tracker.config import Environment
from tracker.extensions import db
from tracker.places import migrations_dir
from tracker.web.lines import log_in_lines
from tracker.worker import check_mail_server, work

FIRST_ANSWER = 60.0  # seconds until the server must answer, on however busy a machine
LAST_BREATH = 15.0  # seconds a child has to end in good order
LOOK_EVERY = 0.05
STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SIGNAL_AT_PARENTS_DEATH = 1  # PR_SET_PDEATHSIG of Linux
WEB = {
    "worker_class": "gthread",
    "workers": 2,
    "threads": 4,
    "preload_app": True,
    "graceful_timeout": 10,
    "loglevel": "warning",
    "control_socket_disable": True,
    "forwarded_allow_ips": "",  # what a proxy says is read in one place, web.origin
}

UNUSABLE = {
    errno.EADDRINUSE: "端口 {port} 已被占用，可能本系统已在运行。"
    "先停止占用它的程序，或用 --port 换一个端口（make run PORT=8401）。",
    errno.EACCES: "没有权限监听端口 {port}。用 --port 换一个 1024 以上的端口，或由反向代理监听它。",
    errno.EADDRNOTAVAIL: "--host 不是这台机器的地址。改为 127.0.0.1 或本机的一个地址。",
}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。Address to listen on.")
@click.option("--port", default=8400, show_default=True, type=click.IntRange(1, 65535), help="端口。Port.")
@click.option("--web-only", is_flag=True, help="不启动后台。No worker.")
@click.option("--dev", is_flag=True, help="改代码即重载，只供开发。Reload on change, for development.")
@click.option("--insecure-lan", is_flag=True, help="允许局域网内不加密访问。Plain HTTP beyond this machine.")
@with_appcontext
def serve(host: str, port: int, *, web_only: bool, dev: bool, insecure_lan: bool) -> None:
    """启动网页服务和后台。Start the web server and one worker.

    Exit codes: 0 ended by Ctrl-C or SIGTERM; 1 one of the processes died; 2 wrong usage, an address
    that cannot be listened on, or a database that is not upgraded.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # the application behind the proxy
    env: Environment = app.config["ENVIRONMENT"]
    _check_host(host, env, insecure_lan=insecure_lan)
    check_mail_server(app)
    if not schema_is_current():
        click.echo("数据库还没有建立或不是最新版本。先运行 tracker upgrade，再启动。", err=True)
        sys.exit(2)
    _check_address(host, port)
    db.session.remove()
    db.engine.dispose()  # no connection is shared: each process opens its own
    gc.freeze()  # what is loaded stays to the end; nothing of it need be looked through for garbage
    address = f"http://{_in_url(host)}:{port}"
    if "TRACKER_BASE_URL" not in os.environ:
        app.config["ENVIRONMENT"] = replace(env, base_url=address)
    web = (lambda: _develop(host, port)) if dev else (lambda: _serve_web(app, host, port))
    tasks: list[Callable[[], None]] = [web] if web_only else [web, lambda: work(app)]
    sys.exit(_run(tasks, host, port, address))


def schema_is_current() -> bool:
    """Whether the database stands at the newest migration."""
    try:
        with db.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_heads()
    except OperationalError:
        return False
    return set(present) == set(ScriptDirectory(str(migrations_dir())).get_heads())


def _check_host(host: str, env: Environment, *, insecure_lan: bool) -> None:
    """Plain HTTP is for this machine; beyond it passwords would cross the network unencrypted."""
    if not (_is_loopback(host) or env.secure_cookies or insecure_lan):
        raise click.UsageError(
            f"{host} 不是本机地址，而系统没有设为 https 访问，密码会在网络上明文传送。"
            "请把 TRACKER_BASE_URL 设为反向代理的 https:// 地址；只在可信的局域网内试用时加 --insecure-lan。"
        )


def _check_address(host: str, port: int) -> None:
    """Say in plain words, before anything is started, that the address cannot be listened on."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(
                socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
            )  # as gunicorn: a port just left is free
            probe.bind(address)
    except OSError as problem:
        said = UNUSABLE.get(
            problem.errno or 0, "这个地址不能监听（{reason}）。换一个 --host 或 --port 再启动。"
        )
        words = said.format(port=port, reason=problem.strerror or problem)
        click.echo(f"没有启动：{words}", err=True)
        sys.exit(2)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _serve_web(app: Flask, host: str, port: int) -> None:
    # The other commands start sooner without it; it ships no types.
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped] # noqa: PLC0415

    class Web(BaseApplication):  # type: ignore[misc] # a base without types
        def load_config(self) -> None:
            for name, value in {**WEB, "bind": f"{_in_url(host)}:{port}"}.items():
                self.cfg.set(name, value)
            self.cfg.set("on_starting", lambda _server: log_in_lines())  # after gunicorn set up its own

        def load(self) -> Flask:
            return app

    Web().run()


def _develop(host: str, port: int) -> None:
    arguments = ["--app", "tracker", "run", "--debug", "--host", host, "--port", str(port)]
    os.execv(sys.executable, [sys.executable, "-m", "flask", *arguments])


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _run(tasks: list[Callable[[], None]], host: str, port: int, address: str) -> int:
    """Run the children until told to end (0) or until one of them dies (1); no child outlives this."""
    stopping = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    children = [_start(task) for task in tasks]
    try:
        for number in STOPPED_BY:
            signal.signal(number, stop)
        announced, patience_ends = False, time.monotonic() + FIRST_ANSWER
        while not stopping and all(child.is_alive() for child in children):
            if not announced and _answers(host, port):
                click.echo(address)
                announced = True
            elif not announced and time.monotonic() > patience_ends:
                click.echo(f"网页服务在 {FIRST_ANSWER:.0f} 秒内没有应答。", err=True)
                break
            time.sleep(LOOK_EVERY)  # and a stop that struck the whole group arrives here, too
    finally:
        _end(children)
    if not stopping:
        click.echo("一个进程意外结束，其余进程已停止，原因见上面的输出。", err=True)
    return 0 if stopping else 1


def _start(task: Callable[[], None]) -> ForkProcess:
    """Fork a child that does a task and ends with this process, however this one ends."""
    parent = os.getpid()

    def begin() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(SIGNAL_AT_PARENTS_DEATH, signal.SIGTERM)
        if os.getppid() == parent:
            task()

    child = multiprocessing.get_context("fork").Process(target=begin)
    child.start()
    return child


def _end(children: list[ForkProcess]) -> None:
    """Ask every child to end, and after LAST_BREATH end it."""
    for child in children:
        child.terminate()
    patience_ends = time.monotonic() + LAST_BREATH
    for child in children:
        child.join(max(0.0, patience_ends - time.monotonic()))
        if child.is_alive():
            child.kill()
            child.join()


def _answers(host: str, port: int) -> bool:
    """Whether the web server answers a request, whatever it answers."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    connection = http.client.HTTPConnection(anywhere.get(host, host), port, timeout=5)
    try:
        connection.request("GET", "/login")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
