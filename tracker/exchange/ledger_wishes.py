"""What a changed cell asks for: which verb, with what; or why no verb can do it.

Nothing is changed here. The table JUDGES names for each column how its text is read; the verbs hold it
against their own rules again when the row is carried out.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from flask_babel import gettext as _

from tracker.exchange.ledger_columns import BY_FIELD
from tracker.exchange.ledger_in import FileRow
from tracker.exchange.ledger_lines import CUT
from tracker.organization.acting import Actor
from tracker.organization.known import Known
from tracker.organization.models import Duty, DutyDomain, Post, Unit
from tracker.organization.queries import domains_of, posts_of_office
from tracker.organization.roster import day_in
from tracker.organization.roster_export import Labels
from tracker.problems.words import LONGEST_STANDARD
from tracker.refusals import Refused
from tracker.tasks.access import open_actions
from tracker.tasks.correcting import LONGEST_TITLE
from tracker.tasks.models import Task
from tracker.tasks.parts import has_parts, own_part
from tracker.tasks.queries import duties_of_office
from tracker.tasks.roles import last_event
from tracker.tasks.states import Action, Remedy, TaskState
from tracker.tasks.stepping import LONGEST_WORDS, check
from tracker.web.filters import rest_day_said


@dataclass(frozen=True)
class Wish:
    """An argument of a verb; its value as it can be kept: text, ISO day, id, share."""

    action: Action
    argument: str
    value: str | int
    note: str = ""


class Impossible(Exception):
    """A cell asks for what no verb can do, and why. `keeps`: the rest of the row is carried out."""

    def __init__(self, message: str, *, keeps: bool = False) -> None:
        super().__init__(message)
        self.message, self.keeps = message, keeps


class OfficeNames:
    """What the cells of an office may name: its posts, their duties, its domains; each loaded once."""

    def __init__(self, office: Unit, day: date) -> None:
        self.office, self.day = office, day

    @cached_property
    def _labels(self) -> Labels:
        return Labels(posts_of_office(self.office, self.day), self.day)

    @cached_property
    def _duties(self) -> list[Duty]:
        return duties_of_office(self.office, self.day)

    @cached_property
    def domains(self) -> list[DutyDomain]:
        """The domains the office uses."""
        return domains_of(self.office, self.day)

    def post(self, text: str) -> Post:
        """Return the post that a cell names: 褚例（宣传办主任）, or the title or the name alone.

        Raises Impossible where none or several are called so.
        """
        both = _NAME_AND_TITLE.fullmatch(text)
        found = self._labels.found(f"{both[2]}·{both[1]}") if both else []
        found = found or self._labels.found(text)
        if not found:
            raise Impossible(_("本单位没有“%(text)s”这个岗位或任职人。", text=text[:30]))
        if len(found) > 1:
            raise Impossible(
                _("有 %(many)s 个岗位符合“%(text)s”，请写成 姓名（岗位）。", many=len(found), text=text[:30])
            )
        return found[0]

    def duty(self, post: Post, domain: DutyDomain) -> Duty:
        """Return the duty of a post in the domain of a task. Raises Impossible where it has none."""
        for duty in self._duties:
            if duty.post_id == post.id and duty.domain_id == domain.id:
                return duty
        raise Impossible(
            _(
                "%(post)s没有“%(domain)s”领域的职责，请在任务页面上转办并选择职责。",
                post=post.title_on(self.day),
                domain=domain.name,
            )
        )


@dataclass(frozen=True)
class Case:
    """A row and its task: what a judge looks at."""

    task: Task
    row: FileRow
    names: OfficeNames
    by: Actor
    open: Sequence[Action]  # what the person may do with the task now

    def require(self, action: Action) -> None:
        """Raise Impossible, in the words of the verb, where the person cannot do an act with the task now."""
        if action in self.open:
            return
        try:
            check(self.task, action, self.by)
        except Refused as refusal:
            raise Impossible(refusal.message) from None


Judge = Callable[[Case, str], Wish | None]


def case_of(task: Task, row: FileRow, names: OfficeNames, by: Actor, known: Known) -> Case:
    """Return what is to be judged, with the acts that are open to the person."""
    return Case(task, row, names, by, open_actions(task, by, known))


def judge(case: Case, name: str, text: str, old: str) -> Wish | None:
    """Return what a cell asks for; None where the task says the same in other words. Raises Impossible."""
    judged = JUDGES.get(name)
    if judged is None:
        raise Impossible(_("此列只供查看，保留现值。"), keeps=True)
    if name in case.row.formulas:
        raise Impossible(_("是公式，没有读取。请改成写定的内容（复制后选择性粘贴为数值）。"))
    if not text:
        raise Impossible(_("清空的单元格不改动现值。"), keeps=True)
    if old.endswith(CUT):
        raise Impossible(_("内容太长，表格里只有一部分，请在任务页面上更正。"))
    return judged(case, text)


def _words(argument: str, longest: int) -> Judge:
    def read(case: Case, text: str) -> Wish | None:
        _require_short(text, longest)
        case.require(Action.CORRECT)
        return Wish(Action.CORRECT, argument, text)

    return read


def _require_short(text: str, longest: int) -> None:
    if len(text) > longest:
        raise Impossible(_("%(count)s 字，不能超过 %(most)s 字。", count=len(text), most=longest))


def _category(case: Case, text: str) -> Wish | None:
    found = [domain for domain in case.names.domains if domain.name == text]
    if not found:
        known = "、".join(domain.name for domain in case.names.domains)
        raise Impossible(_("没有“%(text)s”这个领域，可填：%(known)s。", text=text[:30], known=known))
    if found[0].id == case.task.domain_id:
        return None
    case.require(Action.CORRECT)
    return Wish(Action.CORRECT, "domain", found[0].id)


def _due(case: Case, text: str) -> Wish | None:
    try:
        day = day_in("".join(text.split()))
    except ValueError:
        day = None
    if day is None:
        raise Impossible(_("“%(text)s”不是日期，按 2025-11-30 的格式填写。", text=text[:30]))
    if day == case.task.deadline:
        return None
    if day < case.by.day:
        raise Impossible(_("整改时限 %(day)s 已过，请改为今天或以后的日期。", day=day))
    if case.task.remedy == Remedy.LONG_TERM:
        raise Impossible(_("长期坚持的任务没有整改时限；改为限期整改请在任务页面上更正。"))
    if case.task.state == TaskState.IN_PROGRESS or last_event(case.task, Action.ACKNOWLEDGE) is not None:
        return _extension(case, day)
    case.require(Action.CORRECT)
    return Wish(Action.CORRECT, "deadline", day.isoformat(), rest_day_said(day))


def _extension(case: Case, day: date) -> Wish:
    """Once signed for, a deadline is asked for, not corrected (architecture, life cycle)."""
    case.require(Action.REQUEST_EXTENSION)
    if case.task.deadline is not None and day < case.task.deadline:
        raise Impossible(_("新的时限要晚于现在的 %(day)s。", day=case.task.deadline))
    if not case.row["progress"]:
        raise Impossible(_("已签收的任务改时限是申请延期，请同时写明整改进展。"))
    said, rest = _("作为延期申请提交，批准以前按原时限"), rest_day_said(day)
    if rest:
        said = _("作为延期申请提交，批准以前按原时限；%(rest)s", rest=rest)
    return Wish(Action.REQUEST_EXTENSION, "wanted", day.isoformat(), said)


def _person(case: Case, text: str) -> Wish | None:
    post = case.names.post(text)
    if post.id == case.task.lead_post_id:
        return None
    if case.task.state == TaskState.REGISTERED:
        raise Impossible(_("这件任务还没有交办，请在任务页面上交办。"))
    case.require(Action.TRANSFER)
    duty = case.names.duty(post, case.task.domain)
    return Wish(Action.TRANSFER, "duty", duty.id, _("职责：%(duty)s", duty=duty.text[:40]))


def _progress(case: Case, text: str) -> Wish | None:
    _require_short(text, LONGEST_WORDS)
    case.require(Action.REPORT_PROGRESS)
    return Wish(Action.REPORT_PROGRESS, "text", text)


def share_in(text: str) -> int | None:
    """Return the share done that a cell says: 60, 60%, 正在整改 60％; None where it says none.

    Raises Impossible for anything but one whole number from 0 to 100: 60.5%, -40%, 由30%提高到80%.
    """
    said = unicodedata.normalize("NFKC", text)
    if not _SHARE.search(said):
        return None
    number, *others = _NUMBER.findall(said)
    if others:
        raise Impossible(_("“%(text)s”里不止一个数，请只写一个 0 到 100 的整数，如 60%%。", text=text[:30]))
    if not number.isdecimal() or len(number) > 3 or int(number) > 100:
        raise Impossible(_("“%(text)s”不是 0 到 100 的整数，请写成 60%% 这样。", text=text[:30]))
    return int(number)


def _done(case: Case, text: str) -> Wish | None:
    percent = share_in(text)
    if percent is None:
        raise Impossible(_("完成情况随办理环节变化，只能改其中的比例（如 60%%）；保留现值。"), keeps=True)
    own = own_part(case.task, case.by)  # a cooperating post reports on its own part
    if percent == (case.task if own is None else own).percent:
        return None
    case.require(Action.REPORT_PROGRESS)
    if own is None and has_parts(case.task):
        said = _("各配合岗位有自己的任务，完成比例按它们的平均数计算，不用填写。")
        raise Impossible(said, keeps=True)
    return Wish(Action.REPORT_PROGRESS, "percent", percent)


def _verifier(case: Case, text: str) -> Wish | None:
    post = case.names.post(text)
    if post.id == case.task.verifier_post_id:
        return None
    case.require(Action.CORRECT)
    return Wish(Action.CORRECT, "verifier_post", post.id)


_NAME_AND_TITLE = re.compile(r"([^（(]+)[（(](.+)[）)]")
_NUMBER = re.compile(r"(?:[-+−–±]\s*)?[\d.,]*\d[\d.,]*")
_SHARE = re.compile(rf"\d[\d.,]*\s*%|^\s*{_NUMBER.pattern}\s*$")  # a share, or a number and nothing else

JUDGES: Mapping[str, Judge] = {
    "category": _category,
    "problem": _words("title", LONGEST_TITLE),
    "measure": _words("measure", LONGEST_WORDS),
    "goal": _words("standard", LONGEST_STANDARD),
    "due": _due,
    "person": _person,
    "progress": _progress,
    "done": _done,
    "verifier": _verifier,
}

assert JUDGES.keys() == {name for name, column in BY_FIELD.items() if column.by is not None}
