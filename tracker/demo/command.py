"""The command `tracker demo`."""

import sys
from datetime import date, timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from tracker import clock
from tracker.accounts.models import Account
from tracker.database import writing
from tracker.demo.county import SHOWN, build_county, keep_passwords, kept_passwords, open_accounts
from tracker.demo.past import make_past
from tracker.demo.plans import enter_plan
from tracker.demo.today import enter_chains, set_present
from tracker.extensions import db
from tracker.settings.keys import DEMO
from tracker.settings.models import Setting


@click.command("demo")
@click.option("--reset", is_flag=True, help="清空演示数据重新生成 delete the demo and make it anew")
@with_appcontext
def demo(reset: bool) -> None:
    """演示县：虚构的单位、人员和一份示例报告。A demo county with invented people."""
    upgrade()
    place = current_app.config["ENVIRONMENT"].data_dir / "demo-accounts.txt"
    if _is_demo() and not reset:
        print_accounts(kept_passwords(place))
        return
    if _holds_data() and not _is_demo():
        click.echo(
            "这个数据库里有正式数据，不生成演示。请用 TRACKER_DATABASE_URL 指定另一个数据库。", err=True
        )
        sys.exit(2)
    if reset:
        _empty()
    click.echo("正在生成演示数据，约需半分钟 …", err=True)
    today, now = clock.today(), clock.now()
    with clock.moved_to(date(today.year - 1, 1, 2)), writing():
        county = build_county(clock.today())
        enter_chains(county, clock.today() + timedelta(days=1))
        passwords = open_accounts(county, now)
    keep_passwords(passwords, place)
    make_past(county, today - timedelta(days=1))
    enter_plan(county, today)
    set_present(county, today)
    print_accounts(passwords)


def print_accounts(passwords: dict[str, str]) -> None:
    """Print the accounts one tries first, with their random passwords."""
    click.echo("演示账号 demo accounts:")
    for key, who in SHOWN.items():
        if key in passwords:
            click.echo(f"  {key:<18}{passwords[key]:<20}{who}")


def show_kept(data_dir: Path) -> None:
    """Print the demo's accounts when there is a demo with its passwords kept; nothing otherwise."""
    passwords = kept_passwords(data_dir / "demo-accounts.txt")
    if passwords and _is_demo():
        print_accounts(passwords)


def _holds_data() -> bool:
    return db.session.scalar(select(Account.id).limit(1)) is not None


def _is_demo() -> bool:
    return db.session.scalar(select(Setting.id).where(Setting.key == DEMO.name).limit(1)) is not None


def _empty() -> None:
    db.session.rollback()
    downgrade(revision="base")
    upgrade()
