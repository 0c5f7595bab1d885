"""The demo: an invented county with a past of two quarters, made through the same verbs as real work."""

import os
import secrets
import string
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tracker import clock
from tracker.accounts.models import AccountKind
from tracker.accounts.signing_in import create_account
from tracker.organization.acting import Actor, actor
from tracker.organization.chains import link_chain
from tracker.organization.charging import add_domain, charge
from tracker.organization.models import ChainRole, DomainKind, DutyDomain, Person, Post, Unit, UnitKind
from tracker.organization.setup import add_person, add_post, add_unit, appoint, divide_work
from tracker.places import samples_dir
from tracker.settings.choices import choose
from tracker.settings.keys import DEMO

DOCUMENT = "分工文件（演示）"
DUTY_LIST = "责任清单（演示）"
MAIL = "invalid"  # the reserved domain that no mail ever reaches
KEEPERS = {  # who holds the accounts of the administrators; three people, without a post
    AccountKind.SYSTEM_ADMIN: "孙样",
    AccountKind.SECURITY_ADMIN: "李例",
    AccountKind.AUDIT_ADMIN: "吴演",
}
SHOWN = {  # whose accounts `make run` prints, and as what
    "clerk": "党政综合办经办人（导入报告、交办）",
    "publicity_office": "宣传文化办主任（责任岗位）",
    "publicity": "宣传委员（分管领导，初审）",
    "keeper": "督查办主任（台账、验收）",
    "secretary": "党委书记（总览）",
    "county_keeper": "县督查室主任（看下级）",
    "bl_clerk": "另一个镇的经办人",
    "system_admin": "系统管理员",
    "security_admin": "安全管理员",
    "audit_admin": "审计管理员",
}


@dataclass
class County:
    """The demo's organization by the keys of its file."""

    domains: dict[str, DutyDomain] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        """Return the holder of a post as an actor of today."""
        return actor(self.people[key], clock.today())


def build_county(from_day: date) -> County:
    """Enter the units, posts, people and duties of samples/county.toml, in office from a day on."""
    data = tomllib.loads((samples_dir() / "county.toml").read_text(encoding="utf-8"))
    county = County()
    for row in data["domains"]:
        county.domains[row["code"]] = add_domain(row["code"], row["name"], DomainKind(row["kind"]))
    for row in data["units"]:
        parent = county.units.get(row.get("parent", ""))
        county.units[row["code"]] = add_unit(
            code=row["code"], name=row["name"], kind=UnitKind(row["kind"]), parent=parent
        )
    for row in data["posts"]:
        _fill_post(county, row, from_day)
    for row in data["portfolios"]:
        for code in row["units"]:
            divide_work(
                county.posts[row["leader"]], unit=county.units[code], from_day=from_day, document=DOCUMENT
            )
    choose(DEMO, county.units["YC"], True, valid_from=from_day)
    return county


def open_accounts(county: County, now: datetime) -> dict[str, str]:
    """Open an account with a random password for nearly every post and the three administrators.

    The county is built in the past; its passwords are set now, or they would have run out already.
    One person has none yet and one account is not granted, so that the administrators have work.
    """
    passwords = {}
    *_opened, ungranted, without = (key for key in county.people if key not in SHOWN)
    for key in (key for key in county.people if key != without):
        passwords[key] = _random_password()
        account = create_account(key, passwords[key], person=county.people[key])
        account.password_set_at = now
        if key == ungranted:
            account.granted_at = None
    for kind, name in KEEPERS.items():
        passwords[kind.value] = _random_password()
        account = create_account(kind.value, passwords[kind.value], kind=kind)
        account.keeper, account.password_set_at = add_person(name), now
    return passwords


def keep_passwords(passwords: dict[str, str], place: Path) -> None:
    """Write the demo's passwords where only their owner reads them, for the second `make run`."""
    place.unlink(missing_ok=True)
    with os.fdopen(
        os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write("".join(f"{username}\t{password}\n" for username, password in passwords.items()))


def kept_passwords(place: Path) -> dict[str, str]:
    """Return the passwords kept by an earlier run, {} when there are none."""
    if not place.exists():
        return {}
    lines = place.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", maxsplit=1) for line in lines)


def _fill_post(county: County, row: dict[str, Any], from_day: date) -> None:
    unit, key = county.units[row["unit"]], row["key"]
    roles: Callable[[str], bool] = row.get("roles", []).__contains__
    post = add_post(
        unit,
        row["title"],
        superior=county.posts.get(row.get("superior", "")),
        in_leadership=roles("in_leadership"),
        is_clerk=roles("is_clerk"),
        keeps_ledger=roles("keeps_ledger"),
    )
    county.posts[key] = post
    if "person" in row:  # one post is vacant, so that its superior acts for it
        county.people[key] = add_person(row["person"], email=f"{key}@{unit.code.lower()}.{MAIL}")
        appoint(county.people[key], post, from_day=from_day)
    for code, text in row["duties"].items():
        charge(post, county.domains[code], text, source=DUTY_LIST)
    if row.get("first_responsible"):
        link_chain(unit, post, ChainRole.FIRST_RESPONSIBLE)


def _random_password() -> str:
    """Return a password that meets the policy: letters of both cases, digits, a hyphen."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    parts = ["".join(secrets.choice(letters) for _ in range(4)) for _ in range(2)]
    number = "".join(secrets.choice(string.digits) for _ in range(4))
    return f"{parts[0].capitalize()}-{parts[1]}-{number}"
