"""tracker worker: the ticks. Any number of workers may run, on any number of machines.

APScheduler only knocks. What is owed stands in rows, and each row is claimed by whoever does it, so a
knock that is missed or doubled changes nothing.
"""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import timedelta

import click
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, current_app
from flask.cli import with_appcontext

from tracker import clock
from tracker.accounts.alarm_letters import send_alarms
from tracker.accounts.mailed import send_asked
from tracker.audit.sealing import seal_trail
from tracker.config import ImpossibleEnvironment
from tracker.database import keep_statistics
from tracker.exchange.ledger_import import purge
from tracker.figures.keeping import keep_days
from tracker.jobs.running import run_waiting
from tracker.mail import MailServer
from tracker.outbox import deliver
from tracker.reminders.delivery import DIGESTS
from tracker.reminders.planning import plan_events
from tracker.reminders.ticking import claim_slot, plan

PLAN_EVERY = timedelta(seconds=30)
DELIVER_EVERY = timedelta(seconds=30)
SEAL_EVERY = timedelta(minutes=1)
PURGE_EVERY = timedelta(hours=1)
LOOK_EVERY = timedelta(
    seconds=1
)  # for jobs, new events and alarms: where there is nothing, nothing is written

log = logging.getLogger(__name__)


@click.command()
@with_appcontext
def worker() -> None:
    """运行后台：提醒、邮件、导入等。Run ticks, jobs and deliveries until told to end."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # the application behind the proxy
    check_mail_server(app)
    work(app)


def check_mail_server(app: Flask) -> None:
    """Refuse to start with an address of a mail server that is none."""
    smtp_url = app.config["ENVIRONMENT"].smtp_url
    try:
        if smtp_url is not None:
            MailServer.read(smtp_url)
    except ImpossibleEnvironment as impossible:
        raise click.UsageError(str(impossible)) from None


def work(app: Flask) -> None:
    """Be a worker until SIGTERM or SIGINT comes."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    run_until(ended, app)


def run_until(ended: threading.Event, app: Flask) -> None:
    """Tick at once and then on schedule until the event is set; what is under way is brought to its end."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for function, every in _ticks(ended):
        scheduler.add_job(
            _in_application(app, function),
            "interval",
            seconds=every.total_seconds(),
            next_run_time=clock.now(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,  # a late tick is still a tick
        )
    scheduler.start()
    log.info("worker started")
    ended.wait()
    scheduler.shutdown(wait=True)
    log.info("worker ended")


def _ticks(ended: threading.Event) -> list[tuple[Callable[[], object], timedelta]]:
    return [
        (run_waiting, LOOK_EVERY),
        (plan_events, LOOK_EVERY),
        (lambda: send_asked(going_on=lambda: not ended.is_set()), LOOK_EVERY),
        (lambda: send_alarms(going_on=lambda: not ended.is_set()), LOOK_EVERY),
        (_plan_in_slot, PLAN_EVERY),
        (seal_trail, SEAL_EVERY),
        (_purge_in_slot, PURGE_EVERY),
        (lambda: deliver(DIGESTS, going_on=lambda: not ended.is_set()), DELIVER_EVERY),
    ]


def _plan_in_slot() -> None:
    now = clock.now()
    if claim_slot("plan", now, PLAN_EVERY):
        plan(now)
        keep_days(clock.day_of(now))


def _purge_in_slot() -> None:
    now = clock.now()
    if claim_slot("purge", now, PURGE_EVERY):
        purge(now)
        keep_statistics()


def _in_application(app: Flask, function: Callable[[], object]) -> Callable[[], None]:
    """Run a tick inside the application; its error is logged, and the next tick tries again."""

    def run() -> None:
        with app.app_context():
            try:
                function()
            except Exception:
                log.exception("a tick failed; the next one tries again")

    return run
