"""What the table of expectations needs of accounts: the three administrators and somebody to act on."""

from datetime import date

from sqlalchemy import select

from tests.office import PASSWORD, Office
from tracker import clock
from tracker.accounts import sessions, totp
from tracker.accounts.models import Account, AccountKind, SignIn
from tracker.accounts.policy import leave_audit_with_county
from tracker.accounts.signing_in import create_account
from tracker.accounts.states import ADMINISTRATORS
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.setup import add_person, add_post, appoint


def objects(office: Office) -> dict[str, str]:
    """Make the administrators, named after their kinds, each with a keeper, and return the ids of rows."""
    for kind, name in zip(ADMINISTRATORS, ("孙样", "李例", "吴演"), strict=True):
        create_account(kind.value, PASSWORD, kind=kind).keeper = add_person(name)
    waiting = create_account("waiting", PASSWORD, kind=AccountKind.PERSON, person=add_person("何示"))
    waiting.granted_at = None
    totp.begin(waiting)
    waiting.totp_confirmed_at = clock.now()
    former = create_account("former", PASSWORD, kind=AccountKind.AUDIT_ADMIN)
    former.keeper, former.disabled_at = add_person("吕样"), clock.now()
    newcomer = add_person("许范")
    appoint(newcomer, add_post(office.publicity, "宣传干事"), from_day=date(2025, 3, 3))
    security = db.session.scalars(select(Account).where(Account.kind == AccountKind.SECURITY_ADMIN)).one()
    left = leave_audit_with_county(office.town, by=security, reason="编制少，由县里代行")
    row = record("test.act", "test:1")
    db.session.flush()
    sessions.begin(office.clerk.account, address="", user_agent="")
    elsewhere = db.session.scalars(select(SignIn.id).order_by(SignIn.id.desc()).limit(1)).one()
    return {
        "account_with_totp": str(waiting.id),
        "audit_row": str(row.id),
        "session_of_clerk": str(elsewhere),
        "audit_left": str(left.id),
        "account": str(office.other_clerk.account.id),
        "waiting_account": str(waiting.id),
        "former_admin": str(former.id),
        "person_without_account": str(newcomer.id),
    }
