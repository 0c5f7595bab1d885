"""What a password must be: one table of rules, two profiles. Pure; the history of a password is not here.

等保 (GB/T 22239, 身份鉴别 a) asks for complexity and periodic change; the lengths and days are those of
common checks, the standard names none. ASVS 5.0 (6.2.1, 6.2.4, 6.2.5, 6.2.10, 6.2.11) asks for length and
a block list and forbids rules of composition and rotation. They contradict each other, so an office chooses.
A password is taken as it was typed: nothing is cut off, spaces count.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any
from unicodedata import normalize

from flask_babel import lazy_gettext as _l

from tracker.accounts.pinyin import spellings_of


class Profile(StrEnum):
    """Whose rules hold for passwords."""

    DENGBAO = "dengbao"
    ASVS = "asvs"


BOTH = frozenset(Profile)
DENGBAO, ASVS = frozenset({Profile.DENGBAO}), frozenset({Profile.ASVS})

SHORTEST = {Profile.DENGBAO: 8, Profile.ASVS: 12}  # characters
LASTS: dict[Profile, timedelta | None] = {Profile.DENGBAO: timedelta(days=90), Profile.ASVS: None}
FORMER = {Profile.DENGBAO: 3, Profile.ASVS: 0}  # how many of the last ones may not come again

FEWEST_DIFFERENT = 5  # different characters
LONGEST_ROW = 0.5  # of a password may be one row of neighbours such as 12345
LEFT_WITHOUT_WORDS = 6  # letters that must be left when words everybody guesses are taken out

OFFICE_WORDS = (
    *(
        "党建",
        "党委",
        "党员",
        "支部",
        "党风",
        "廉政",
        "政府",
        "人民",
        "中国",
        "中华",
        "乡镇",
        "街道",
        "办公室",
    ),
    *("责任", "一岗双责", "意识形态", "安全", "整改", "督查", "乡村振兴", "密码", "管理员", "我爱你"),
    *("你好",),
)
WORDS = ("admin", "administrator", "password", "passwd", "welcome", "tracker", "login", "iloveyou")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc")
NEIGHBOURS = (*_ROWS, *(row[::-1] for row in _ROWS))
_DISGUISE = str.maketrans("@01!345$79", "aolleasstg")
_EDGES = re.compile(r"^[^a-z\u4e00-\u9fff]+|[^a-z\u4e00-\u9fff]+$")
_BETWEEN = re.compile(r"[\s\-_.,]+")
KINDS: tuple[Callable[[str], bool], ...] = (
    str.islower,
    str.isupper,
    str.isdigit,
    lambda char: not char.isalnum() or ord(char) > 0x2E7F,
)


@dataclass(frozen=True)
class Tried:
    """A password somebody wants, and what everybody knows of them: names of the account, person, units."""

    password: str
    profile: Profile
    username: str = ""
    names: tuple[str, ...] = ()

    @property
    def folded(self) -> str:
        """The password in one width and case."""
        return normalize("NFKC", self.password).casefold()


@dataclass(frozen=True)
class Rule:
    """What a password may not be, under which profiles, and how that is said."""

    broken: Callable[[Tried], bool]
    said: Any  # lazily translated; may name %(count)s, the fewest characters
    profiles: frozenset[Profile]


def broken_rule(tried: Tried) -> str | None:
    """Return why a password is refused, in words for its owner; None for a good one."""
    for rule in RULES:
        if tried.profile in rule.profiles and rule.broken(tried):
            return str(rule.said) % {"count": SHORTEST[tried.profile]}
    return None


def _too_short(tried: Tried) -> bool:
    return len(tried.password) < SHORTEST[tried.profile]


def _of_few_kinds(tried: Tried) -> bool:
    return sum(any(map(kind, tried.password)) for kind in KINDS) < 3


def _of_few_characters(tried: Tried) -> bool:
    return len(set(tried.folded)) < FEWEST_DIFFERENT


def _holds_username(tried: Tried) -> bool:
    name = normalize("NFKC", tried.username).casefold()
    return len(name) >= (3 if name.isascii() else 2) and (name in tried.folded or name[::-1] in tried.folded)


def _is_a_row(tried: Tried) -> bool:
    """Whether more than half of it are neighbours on the keyboard or in the alphabet, in either direction."""
    return _longest_row(tried.folded) > len(tried.folded) * LONGEST_ROW


def _longest_row(folded: str) -> int:
    longest = 0
    for end in range(1, len(folded) + 1):
        tail = folded[max(end - longest - 1, 0) : end]
        if len(tail) > longest and any(tail in row for row in NEIGHBOURS):
            longest += 1
    return longest


def _is_common(tried: Tried) -> bool:
    """Whether it is on the list, also with digits around it or letters in disguise (P@ssw0rd)."""
    forms = {tried.folded, tried.folded.translate(_DISGUISE)}
    forms |= {_EDGES.sub("", form) for form in forms}
    forms |= {"".join(filter(str.isalnum, form)) for form in forms}
    return any(len(form) > 3 and form in _common() for form in forms)


def _is_guessable(tried: Tried) -> bool:
    """Whether little is left without the words of the office and of its owner."""
    words = {*_office_words(), *spelled(tried.names), *spelled((tried.username,))}
    return any(_little_left(form, words) for form in (tried.folded, _BETWEEN.sub("", tried.folded)))


def _little_left(folded: str, words: Iterable[str]) -> bool:
    left = list(folded)
    for form in (folded, folded.translate(_DISGUISE)):
        for word in words:
            for found in re.finditer(re.escape(word), form):
                left[found.start() : found.end()] = " " * len(word)
    return left != list(folded) and sum(map(str.isalpha, left)) < LEFT_WITHOUT_WORDS


def spelled(names: Iterable[str]) -> set[str]:
    """Return names as a password may hold them: as written and in pinyin, if long enough."""
    found: set[str] = set()
    for name in names:
        plain = "".join(name.split()).casefold()
        found |= {plain, *spellings_of(plain)}
    return {one for one in found if len(one) >= (4 if one.isascii() else 2)}


@cache
def _common() -> frozenset[str]:
    # the lists take a tenth of a second and ten megabytes, and most commands set no password
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    return frozenset(FREQUENCY_LISTS["passwords"]) | _office_words()


@cache
def _office_words() -> frozenset[str]:
    return frozenset({*WORDS, *spelled(OFFICE_WORDS)})


RULES: tuple[Rule, ...] = (
    Rule(_too_short, _l("密码至少 %(count)s 位，请加长。"), BOTH),
    Rule(_of_few_kinds, _l("密码要含大写字母、小写字母、数字、符号中的三类，请补上缺的。"), DENGBAO),
    Rule(_holds_username, _l("密码里有账号名，请去掉。"), BOTH),
    Rule(_of_few_characters, _l("密码里不同的字太少，请换一个。"), BOTH),
    Rule(_is_a_row, _l("密码多半是键盘或字母、数字的顺序，例如 12345、qwert，请换一个。"), BOTH),
    Rule(_is_common, _l("这是很多人用过、最先被猜的密码，加数字、换符号也一样，请换一个。"), BOTH),
    Rule(
        _is_guessable,
        _l("密码主要由姓名、单位名或“党建”“管理员”一类的词（含拼音）组成，容易猜到，请换一个。"),
        ASVS,
    ),
)
"""The first broken one is said."""
