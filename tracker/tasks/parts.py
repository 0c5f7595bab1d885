"""The parts of cooperating posts in one task: who has which, how far each is, and what they amount to.

A problem given to “各村（社区）” is one task with one part per village (domain.md 1.1); it can be closed when
every part is done.
"""

from datetime import date
from itertools import groupby

from tracker.organization.acting import Actor
from tracker.organization.models import Post, Unit, UnitKind
from tracker.organization.queries import posts_of_office, standing
from tracker.tasks.models import Cooperation, Task

DONE = 100


def own_part(task: Task, by: Actor) -> Cooperation | None:
    """Return the part an actor reports on, or None for the lead, who reports on the whole."""
    if task.lead_post_id in by.post_ids:
        return None
    return next((row for row in task.cooperations if row.post_id in by.post_ids), None)


def note_share(task: Task, part: Cooperation | None, percent: int, day: date) -> None:
    """Note the share done of a part, or of the whole; a part with 100 is done, with less it is open again."""
    if part is None:
        task.percent = percent
    else:
        part.percent, part.done_on = percent, day if percent == DONE else None
    if has_parts(task):
        settle_share(task)


def has_parts(task: Task) -> bool:
    """Whether cooperating posts have parts of their own, whose mean is the share done of the task."""
    return any(row.part for row in task.cooperations)


def settle_share(task: Task) -> None:
    """Let the share done of a task be the mean of its parts, rounded down: 100 when every one is done."""
    shares = [row.percent or 0 for row in task.cooperations if row.part]
    task.percent = sum(shares) // len(shares) if shares else None


def village_posts(office: Unit) -> list[Post]:
    """Return one post for every village or community of an office: the first of its leadership."""
    posts = [post for post in posts_of_office(office) if post.unit.kind == UnitKind.VILLAGE]
    posts.sort(key=lambda post: (post.unit.path, standing(post)))
    return [next(of_unit) for _unit, of_unit in groupby(posts, key=lambda post: post.unit_id)]
