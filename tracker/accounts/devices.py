"""On what somebody signed in, as far as the browser says so. Pure.

It is shown to the owner and makes a phone's idle time longer, no more: a browser may say anything.
"""

from collections.abc import Iterable

SYSTEMS = (  # (what the browser says, what it is), the first that is found
    ("harmonyos", "harmony"),
    ("openharmony", "harmony"),
    ("iphone", "iphone"),
    ("ipad", "ipad"),
    ("android", "android"),
    ("windows", "windows"),
    ("mac os x", "mac"),
    ("linux", "linux"),
)
BROWSERS = (
    ("micromessenger", "wechat"),
    ("dingtalk", "dingtalk"),
    ("edg/", "edge"),
    ("firefox", "firefox"),
    ("chrome", "chrome"),
    ("safari", "safari"),
)
PHONES = frozenset({"harmony", "iphone", "android"})


def device_of(user_agent: str) -> str:
    """Return system and browser as two words, e.g. "android wechat"; "other" for what is not known."""
    said = user_agent.casefold()
    return f"{_found(said, SYSTEMS)} {_found(said, BROWSERS)}"


def is_phone(device: str) -> bool:
    """Whether a device is a phone; a tablet shared in an office is none."""
    return device.partition(" ")[0] in PHONES


def _found(said: str, known: Iterable[tuple[str, str]]) -> str:
    return next((word for sign, word in known if sign in said), "other")
