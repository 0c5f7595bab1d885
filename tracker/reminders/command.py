"""tracker remind: one tick by hand, or a look at what a day owes."""

import sys
from datetime import date, datetime

import click
from flask.cli import with_appcontext

from tracker import clock
from tracker.extensions import db
from tracker.organization.models import Person
from tracker.reminders.planning import rows_owed, unplanned_rows
from tracker.reminders.ticking import TickReport, tick


@click.command()
@click.option("--dry-run", is_flag=True, help="只看不写：列出应发的提醒。Only look.")
@click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="看另一天，须与 --dry-run 同用。Another day."
)
@with_appcontext
def remind(dry_run: bool, on: datetime | None) -> None:
    """执行一次提醒：计划、汇总、发送。Run one tick of the reminders.

    Exit codes: 0 done; 1 some mail was not delivered (kept, and tried again); 2 wrong usage.
    """
    if on is not None and not dry_run:
        raise click.UsageError("--on 只能与 --dry-run 同用：提醒只按当天发出。")
    if dry_run:
        _list(clock.today() if on is None else on.date())
    else:
        _report(tick(clock.now()))


def _list(day: date) -> None:
    rows = [row for group in rows_owed([day], day) for row in group]
    if day == clock.today():
        rows = unplanned_rows() + rows
    for row in rows:
        person = db.session.get_one(Person, row["person_id"])
        click.echo(f"{person.name}\t{row['paper']}\t{row['text']}")
    click.echo(f"{day} 应发提醒 {len(rows)} 条，没有写入，也没有发送。", err=True)


def _report(done: TickReport) -> None:
    sent = done.delivered
    click.echo(
        f"处理事件 {done.events} 个，新提醒 {done.notices} 条，新汇总邮件 {done.digests} 封；"
        f"已发 {sent.sent} 封，未发出 {sent.failed} 封，地址被拒 {sent.refused} 封。",
        err=True,
    )
    if sent.failed or sent.refused:
        click.echo(f"邮件服务器的答复：{sent.said}。未发出的邮件已保留，稍后自动重试。", err=True)
        sys.exit(1)
