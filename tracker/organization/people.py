"""People: no more is kept of them than the work needs."""

import re

from flask_babel import gettext as _

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.access import keeps_person
from tracker.organization.acting import Actor
from tracker.organization.entering import named
from tracker.organization.models import Person
from tracker.refusals import NotAllowed, Refused

_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{2,30}")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")


def add_person(name: str, *, phone: str | None = None, email: str | None = None) -> Person:
    """Add a person. Raises Refused for a telephone number or an address that is none."""
    person = Person(name=named(name, "name", most=50), phone=_phone(phone), email=_email(email))
    db.session.add(person)
    db.session.flush()
    record("organization.add_person", f"person:{person.id}", name=person.name)
    return person


def correct_person(
    person: Person, *, name: str, phone: str | None, email: str | None, by: Actor | None = None
) -> bool:
    """Correct name, telephone and address of a person; whether anything changed.

    The trail says which of them, not what they were: numbers given up need not be kept.
    """
    if by is not None and not keeps_person(by, person):
        raise NotAllowed(_("人员信息由台账管理岗位登记，请联系本单位台账管理岗位。没有改动任何内容。"))
    new = {"name": named(name, "name", most=50), "phone": _phone(phone), "email": _email(email)}
    changed = [field for field, value in new.items() if getattr(person, field) != value]
    if not changed:
        return False
    record("organization.correct_person", f"person:{person.id}", changed=changed, name=new["name"])
    for field in changed:
        setattr(person, field, new[field])
    return True


def _phone(sent: str | None) -> str | None:
    phone = (sent or "").strip()
    if phone and not _PHONE.fullmatch(phone):
        raise Refused(_("“%(sent)s”不是电话号码，请改正。", sent=phone), field="phone")
    return phone or None


def _email(sent: str | None) -> str | None:
    email = (sent or "").strip()
    if email and (not _EMAIL.fullmatch(email) or len(email) > 200):
        raise Refused(_("“%(sent)s”不是邮箱地址，请改正。", sent=email), field="email")
    return email or None
