"""What kinds and states of accounts are called."""

from flask_babel import lazy_gettext as _l

from tracker.accounts.models import AccountKind
from tracker.accounts.states import AccountState

KIND_WORDS = {
    AccountKind.PERSON: _l("业务账号"),
    AccountKind.SYSTEM_ADMIN: _l("系统管理员"),
    AccountKind.SECURITY_ADMIN: _l("安全管理员"),
    AccountKind.AUDIT_ADMIN: _l("审计管理员"),
}

STATE_WORDS = {
    AccountState.WAITING: _l("待授权"),
    AccountState.UNOPENED: _l("待设密码"),
    AccountState.USABLE: _l("正常"),
    AccountState.DISABLED: _l("停用"),
}
