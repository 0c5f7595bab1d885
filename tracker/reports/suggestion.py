"""Which post and duty a passage is suggested for, and why: rules in one table, the most certain first."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker import clock
from tracker.organization.models import Duty, DutyDomain, Post
from tracker.reports.models import AssignmentHint
from tracker.reports.reading.similarity import similarities
from tracker.reports.staff import Member

MOST_CHOICES = 3
ALIKE = 0.08  # below this a passage and a duty share only words that every office uses
EVERY_VILLAGE = re.compile(r"(?:各|所有|全体|全镇|全乡)(?:行政)?(?:村|社区)")
OWN_UNIT = re.compile(r"本(?:村|社区|办|单位|部门|中心|站|所|支部|科)")
OWN_UNIT_COUNTS = 0.5  # a duty kept to the post's own unit says little about a matter of the office
EXCERPT = 24  # characters of a duty quoted in a reason
LIKE_BEFORE = 0.4  # from this likeness on a problem is "such a problem" as a hint is about


@dataclass(frozen=True)
class Passage:
    """What is to be given to a post: its words, and whom they name as responsible."""

    words: str
    responsible: tuple[str, ...] = ()
    statement: str = ""  # the problem or measure alone, without what answers it

    @property
    def for_villages(self) -> bool:
        """Whether every village is to do its part (各村、社区); then none of them leads the others."""
        return any(EVERY_VILLAGE.search(said) for said in self.responsible)


@dataclass(frozen=True)
class Hint:
    """A correction by a clerk of the unit: such words went to this post, not to the one suggested first."""

    words: str
    post_id: int
    duty_id: int | None
    instead_of: int | None
    said: str  # who corrected it, and when

    def why(self, likeness: float) -> str:
        """The reason as a choice gives it."""
        return f"{self.said}曾把类似问题改派给这个岗位，相近 {likeness:.2f}"


@dataclass(frozen=True)
class Choice:
    """A post with one of its duties, and the reason for it."""

    post: Post
    duty: Duty | None
    why: str

    def as_json(self) -> dict[str, Any]:
        """The choice as a proposal keeps it."""
        return {"post": self.post.id, "duty": None if self.duty is None else self.duty.id, "why": self.why}


@dataclass(frozen=True)
class Ground:
    """Everything the rules look at for one passage; `alike` is its likeness to each duty, by id."""

    passage: Passage
    members: Sequence[Member]
    domain: DutyDomain | None
    leaders: Sequence[tuple[Post, str]]  # whom the division of work or the chain names, with the reason
    alike: dict[int, float]
    hints: Sequence[tuple[float, Hint]] = ()  # those about such problems with their likeness, the best first

    def best_duty(self, member: Member) -> Duty | None:
        """The duty of a post to enter: in the report's domain where there is one, the most alike of them."""
        inside = [
            duty for duty in member.duties if self.domain is not None and duty.domain_id == self.domain.id
        ]
        return max(inside or member.duties, key=lambda duty: self.alike.get(duty.id, 0.0), default=None)


Suggested = Iterator[tuple[Member, Duty | None, str]]


def suggest(
    passages: Sequence[Passage],
    members: Sequence[Member],
    domain: DutyDomain | None,
    leaders: Sequence[tuple[Post, str]],
    hints: Sequence[Hint] = (),
) -> list[list[Choice]]:
    """Return for each passage up to three choices, the most certain first; none only where no post is.

    `hints` are those of the unit, the newest first.
    """
    duties = [duty for member in members for duty in member.duties]
    rows = similarities([passage.words for passage in passages], [duty.text for duty in duties])
    told = similarities([passage.statement for passage in passages], [hint.words for hint in hints])
    found = []
    for passage, row, before in zip(passages, rows, told, strict=True):
        alike = {duty.id: value * _weight(duty) for duty, value in zip(duties, row, strict=True)}
        about = [(value, hint) for value, hint in zip(before, hints, strict=True) if value >= LIKE_BEFORE]
        about.sort(key=lambda one: -one[0])  # stable: of equally alike ones the newest first
        some = [member for member in members if not (passage.for_villages and member.is_village)]
        found.append(_choices(Ground(passage, some, domain, leaders, alike, about)))
    return found


def hint_from(hint: AssignmentHint, today: date) -> Hint:
    """Return a stored hint as the rules read it."""
    day = clock.day_of(hint.at)
    said = f"{day.month}月{day.day}日" if day.year == today.year else f"{day.year}年{day.month}月{day.day}日"
    return Hint(
        hint.words, hint.post_id, hint.duty_id, hint.instead_of_id, f"经办人员{hint.person.name}{said}"
    )


def _weight(duty: Duty) -> float:
    return OWN_UNIT_COUNTS if OWN_UNIT.search(duty.text) else 1.0


def _choices(ground: Ground) -> list[Choice]:
    chosen: dict[int, Choice] = {}
    for rule in RULES:
        for member, duty, why in rule(ground):
            if member.post.id not in chosen:
                reason = f"{why}；{member.vacancy}" if member.vacancy else why
                chosen[member.post.id] = Choice(member.post, duty or ground.best_duty(member), reason)
        if len(chosen) >= MOST_CHOICES:
            break
    return list(chosen.values())[:MOST_CHOICES]


def _named_as_responsible(ground: Ground) -> Suggested:
    """Whom the text names, unless a clerk corrected just that for such a problem."""
    corrected = {hint.instead_of for _likeness, hint in ground.hints}
    for said in ground.passage.responsible:
        for member in ground.members:
            if _name_in(member, said) and member.post.id not in corrected:
                yield member, None, f"原文写明由“{said}”负责"


def _corrected_before(ground: Ground) -> Suggested:
    """Who got such problems when a clerk of this unit corrected the suggestion."""
    by_post = {member.post.id: member for member in ground.members}
    for likeness, hint in ground.hints:
        if hint.post_id in by_post:
            member = by_post[hint.post_id]
            duty = next((duty for duty in member.duties if duty.id == hint.duty_id), None)
            yield member, duty, hint.why(likeness)


def _named_in_words(ground: Ground) -> Suggested:
    for member in ground.members:
        name = _name_in(member, ground.passage.words)
        if name and not member.is_village:
            yield member, None, f"原文提到“{name}”"


def _alike_in_domain(ground: Ground) -> Suggested:
    yield from _alike(ground, inside=True)


def _alike_elsewhere(ground: Ground) -> Suggested:
    yield from _alike(ground, inside=False)


def _closest_in_domain(ground: Ground) -> Suggested:
    """The direct responsible: whoever has a duty in the report's domain, the closest first, however far."""
    for _, member, duty in _ranked(ground, inside=True):
        if ground.domain is not None:
            yield member, duty, f"没有明显对应的职责，按“{ground.domain.name}”领域内职责列出，请核对"


def _village_named(ground: Ground) -> Suggested:
    for member in ground.members:
        name = _name_in(member, ground.passage.words)
        if name and member.is_village:
            yield member, None, f"原文提到“{name}”"


def _in_chain(ground: Ground) -> Suggested:
    by_post = {member.post.id: member for member in ground.members}
    for post, why in ground.leaders:
        if post.id in by_post:
            yield by_post[post.id], None, why


RULES: tuple[Callable[[Ground], Suggested], ...] = (
    _named_as_responsible,
    _corrected_before,
    _named_in_words,
    _alike_in_domain,
    _village_named,
    _alike_elsewhere,
    _closest_in_domain,
    _in_chain,
)


def _alike(ground: Ground, *, inside: bool) -> Suggested:
    for value, member, duty in _ranked(ground, inside=inside):
        if value >= ALIKE:
            yield member, duty, f"与职责“{_excerpt(duty.text)}”相近 {value:.2f}"


def _ranked(ground: Ground, *, inside: bool) -> list[tuple[float, Member, Duty]]:
    """Posts by the likeness of their duties, the most alike first; without a domain all duties are inside."""
    rows = [
        (ground.alike[duty.id], member, duty)
        for member in ground.members
        for duty in member.duties
        if (ground.domain is None or duty.domain_id == ground.domain.id) == inside
    ]
    return sorted(rows, key=lambda row: (-row[0], row[2].id))


def _name_in(member: Member, words: str) -> str:
    """Return by which name a text names a post: unit, title, or holder; '' when it does not."""
    names = (*member.unit_names, member.title, member.holder)
    return next((name for name in names if len(name) >= 2 and name in words), "")


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else text[:EXCERPT] + "…"
