"""What kinds and states of accounts are called."""

from flask_babel import lazy_gettext as _l

from tracker.accounts.models import AccountKind
from tracker.accounts.passwords import FORMER, LASTS, SHORTEST, Profile
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

PROFILE_WORDS = {
    Profile.DENGBAO: _l("等保：复杂度加定期更换"),
    Profile.ASVS: _l("ASVS：长度加禁用表，不定期更换"),
}

_days = LASTS[Profile.DENGBAO]
assert _days is not None  # 等保 asks for periodic change
PASSWORD_HINTS = {
    Profile.DENGBAO: _l(
        "至少 %(shortest)s 位，含大写字母、小写字母、数字、符号中的三类；不含账号名；"
        "%(days)s 天一换，最近 %(former)s 次用过的不能再用。",
        shortest=SHORTEST[Profile.DENGBAO],
        days=_days.days,
        former=FORMER[Profile.DENGBAO],
    ),
    Profile.ASVS: _l(
        "至少 %(shortest)s 位，用什么字符都可以，可以是带空格的一句话；"
        "不用常见的密码、姓名和单位名。不必定期更换。",
        shortest=SHORTEST[Profile.ASVS],
    ),
}

_SYSTEMS = {
    "harmony": _l("鸿蒙手机"),
    "iphone": "iPhone",
    "ipad": "iPad",
    "android": _l("安卓手机"),
    "windows": _l("Windows 电脑"),
    "mac": _l("苹果电脑"),
    "linux": _l("Linux 电脑"),
}
_BROWSERS = {
    "wechat": _l("微信"),
    "dingtalk": _l("钉钉"),
    "edge": "Edge",
    "firefox": "Firefox",
    "chrome": "Chrome",
    "safari": "Safari",
}


def device_word(device: str) -> str:
    """Return in words on what somebody signed in."""
    system, _space, browser = device.partition(" ")
    words = [_SYSTEMS.get(system, _l("未知设备")), _BROWSERS.get(browser, "")]
    return "，".join(str(word) for word in words if word)
