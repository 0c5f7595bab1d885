"""tracker serve: the web server and one worker as child processes that live and end together."""

import http.client
import ipaddress
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from tracker.config import Environment
from tracker.extensions import db
from tracker.places import migrations_dir

FIRST_ANSWER = 30.0  # seconds until the server must answer
LAST_BREATH = 15.0  # seconds a child has to end in good order
LOOK_EVERY = 0.05
WEB_PROCESSES, WEB_THREADS = 2, 4

Child = subprocess.Popen[bytes]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。Address to listen on.")
@click.option("--port", default=8400, show_default=True, type=click.IntRange(1, 65535), help="端口。Port.")
@click.option("--web-only", is_flag=True, help="不启动后台。No worker.")
@click.option("--dev", is_flag=True, help="改代码即重载，只供开发。Reload on change, for development.")
@click.option("--insecure-lan", is_flag=True, help="允许局域网内不加密访问。Plain HTTP beyond this machine.")
@with_appcontext
def serve(host: str, port: int, *, web_only: bool, dev: bool, insecure_lan: bool) -> None:
    """启动网页服务和后台。Start the web server and one worker.

    Exit codes: 0 ended by Ctrl-C or SIGTERM; 1 one of the processes died; 2 wrong usage or a database
    that is not upgraded.
    """
    env: Environment = current_app.config["ENVIRONMENT"]
    _check_host(host, env, insecure_lan=insecure_lan)
    if not schema_is_current():
        click.echo("数据库还没有建立或不是最新版本。先运行 tracker upgrade，再启动。", err=True)
        sys.exit(2)
    db.session.remove()
    db.engine.dispose()  # children open their own connections
    commands = [_web_command(host, port, dev=dev)] + ([] if web_only else [_worker_command()])
    address = f"http://{_in_url(host)}:{port}"
    sys.exit(_run(commands, {"TRACKER_BASE_URL": address} | os.environ, host, port, address))


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


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _web_command(host: str, port: int, *, dev: bool) -> list[str]:
    if dev:
        return [*_python("flask"), "--app", "tracker", "run", "--debug", "--host", host, "--port", str(port)]
    return [
        *_python("gunicorn"),
        "tracker:create_app()",
        *("--bind", f"{_in_url(host)}:{port}"),
        *("--worker-class", "gthread", "--workers", str(WEB_PROCESSES), "--threads", str(WEB_THREADS)),
        "--preload",  # loaded once, then forked: starts sooner and shares memory
        *("--graceful-timeout", "10", "--log-level", "warning", "--no-control-socket"),
    ]


def _worker_command() -> list[str]:
    return [sys.executable, "-c", "from tracker.commands import main; main()", "worker"]


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _run(commands: list[list[str]], variables: Mapping[str, str], host: str, port: int, address: str) -> int:
    """Run the children until told to end (0) or until one of them dies (1); no child outlives this."""
    stopping = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    with _started(commands, variables) as children:
        announced, patience_ends = False, time.monotonic() + FIRST_ANSWER
        while not stopping:
            if any(child.poll() is not None for child in children):
                # A stop that struck the whole group reached the children first.
                time.sleep(LOOK_EVERY)
                break
            if not announced and time.monotonic() > patience_ends:
                click.echo(f"网页服务在 {FIRST_ANSWER:.0f} 秒内没有应答，已停止。", err=True)
                break
            if not announced and _answers(host, port):
                click.echo(address)
                announced = True
            time.sleep(LOOK_EVERY)
    if not stopping:
        click.echo("一个进程意外结束，其余进程已停止，原因见上面的输出。", err=True)
    return 0 if stopping else 1


@contextmanager
def _started(commands: list[list[str]], variables: Mapping[str, str]) -> Iterator[list[Child]]:
    children: list[Child] = []
    try:
        for command in commands:
            children.append(subprocess.Popen(command, env=dict(variables), stdin=subprocess.DEVNULL))
        yield children
    finally:
        _end(children)


def _end(children: list[Child]) -> None:
    """Ask every child to end, and after LAST_BREATH end it."""
    for child in children:
        child.terminate()
    patience_ends = time.monotonic() + LAST_BREATH
    for child in children:
        try:
            child.wait(max(0.0, patience_ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answers(host: str, port: int) -> bool:
    """Whether the web server answers a request, whatever it answers."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    connection = http.client.HTTPConnection(anywhere.get(host, host), port, timeout=5)
    try:
        connection.request("GET", "/login")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
