"""The questions an action can ask: how each is shown, and how its answer is read for the verb."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tracker import clock
from tracker.organization.models import Duty, Post
from tracker.organization.queries import holders, posts_of_office
from tracker.refusals import Refused
from tracker.tasks.models import Task
from tracker.tasks.parts import village_posts
from tracker.tasks.queries import duties_of_office
from tracker.tasks.states import Action, Remedy
from tracker.tasks.stepping import require_short
from tracker.web.files import uploads
from tracker.web.forms import day, text, whole_number

Options = Sequence[tuple[Any, Any]]
Read = Callable[[Task, str], Mapping[str, Any]]


def always(_task: Task) -> bool:
    """Whether a question is asked of every task."""
    return True


def is_long_term(task: Task) -> bool:
    """Whether a task goes by its reviews instead of a deadline."""
    return task.remedy == Remedy.LONG_TERM


def has_deadline(task: Task) -> bool:
    """Whether a task goes by a deadline."""
    return not is_long_term(task)


@dataclass(frozen=True)
class Field:
    """A question of an action's form: how it is asked, and how its answer is read for the verb."""

    name: str
    kind: str  # line, area, day, number, choice, radio, posts, files, standard: how the page asks
    label: Any
    read: Read
    hint: Any = ""
    optional: bool = False
    shown: Callable[[Task], bool] = always
    options: Callable[[Task], Options] = lambda _task: ()
    initial: Callable[[Task], Any] = lambda _task: ""


@dataclass(frozen=True)
class ActionForm:
    """The form of one action: its verb, its questions, the words on its button, what happens next."""

    action: Action
    verb: Callable[..., object]
    button: Any
    then: Any  # what the act leads to, said beside the button
    done: Any
    fields: tuple[Field, ...] = field(default=())
    instead: Action | None = None  # what the same person may do in its place, offered beside the button

    def questions(self, task: Task) -> list[Field]:
        """Return the questions that apply to a task."""
        return [question for question in self.fields if question.shown(task)]

    def read(self, task: Task) -> dict[str, Any]:
        """Return what was sent, as the verb takes it. Raises Refused with the field at fault."""
        found: dict[str, Any] = {}
        for question in self.questions(task):
            read = question.read(task, question.name)
            for answer in read.values():
                if answer != getattr(task, question.name, None):  # what stood there before may stay
                    require_short(answer, question.name)
            found.update(read)
        return found


def read_text(_task: Task, name: str) -> dict[str, Any]:
    """Read words."""
    return {name: text(name)}


def read_day(_task: Task, name: str) -> dict[str, Any]:
    """Read a day."""
    return {name: day(name)}


def read_number(_task: Task, name: str) -> dict[str, Any]:
    """Read a whole number."""
    return {name: whole_number(name)}


def read_lines(_task: Task, name: str) -> dict[str, Any]:
    """Read words, one a line."""
    return {name: text(name).splitlines()}


def read_duty(task: Task, name: str) -> dict[str, Any]:
    """Read a duty, which names the post that leads."""
    duty: Duty | None = among(duties_of_office(task.unit, clock.today()), text(name))
    if duty is None:
        raise Refused(_("选择责任岗位和它的职责。"), field=name)
    return {"lead_post": duty.post, "duty": duty}


def read_post(task: Task, name: str) -> dict[str, Any]:
    """Read one post of the office."""
    return {name: among(posts_of_office(task.unit), text(name))}


def read_posts(task: Task, name: str) -> dict[str, Any]:
    """Read the posts that work along, each with its own part; “各村（社区）” names one of every village."""
    sent = set(request.form.getlist(name))
    posts = [post for post in posts_of_office(task.unit) if str(post.id) in sent]
    parts = {post.id: text(f"{name}-{post.id}") for post in posts}
    for_each = text(f"{name}-each")
    if for_each:
        for post in village_posts(task.unit):
            parts[post.id] = parts.get(post.id) or for_each
            posts = posts if post in posts else [*posts, post]
    return {name: posts, "parts": parts}


def read_files(_task: Task, name: str) -> dict[str, Any]:
    """Read files handed in, with the day that they themselves are of."""
    own_day = day(f"{name}-day")
    if own_day is not None and own_day > clock.today():
        raise Refused(_("材料的日期 %(day)s 还没有到，请核对。", day=own_day), field=name)
    return {name: [replace(file, own_day=own_day) for file in uploads(name)]}


def reads_one_of(kinds: Callable[[str], Any], missing: Callable[[], str]) -> Read:
    """Return the reader of a choice: an enumeration makes it, whatever it does not know is missing."""

    def read(_task: Task, name: str) -> dict[str, Any]:
        try:
            return {name: kinds(text(name))}
        except ValueError:
            raise Refused(missing(), field=name) from None

    return read


def among(rows: Sequence[Any], sent: str) -> Any:
    """Return the row whose number was sent, or None."""
    return next((row for row in rows if str(row.id) == sent), None)


def duty_options(task: Task) -> Options:
    """The duties of the office, each with its post and who holds it."""
    duties = duties_of_office(task.unit, clock.today())
    held = holders([duty.post_id for duty in duties], clock.today())
    chosen = [("", _l("请选择"))]
    return chosen + [
        (duty.id, f"{_called(duty.post, held)} · {duty.domain.name}：{duty.text[:24]}") for duty in duties
    ]


def post_options(task: Task) -> Options:
    """The posts of the office, each with who holds it."""
    posts = posts_of_office(task.unit)
    held = holders([post.id for post in posts], clock.today())
    return [(post.id, _called(post, held)) for post in posts]


def _called(post: Post, held: Mapping[int, Any]) -> str:
    person = held.get(post.id)
    name = person.name if person else _("空缺")
    return f"{post.title}（{name}）"


EVIDENCE = Field(
    "evidence",
    "files",
    _l("佐证材料"),
    read_files,
    hint=_l("照片、pdf、docx、xlsx 或 txt，一次最多 9 个，共不超过 20 MB"),
    optional=True,
)
