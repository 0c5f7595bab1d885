"""Who has to know that a post changed hands, in the transaction of the change.

The organization lies upstream of tasks and imports nothing of them. Whoever keeps rows about the change of a
holder (the handover) says so when the application is made (`navigation.add_features`).
"""

from collections.abc import Callable

from tracker.organization.acting import Actor
from tracker.organization.models import Post

Follow = Callable[[Post, Actor | None], object]

_followers: tuple[Follow, ...] = ()


def followed_by(followers: tuple[Follow, ...]) -> None:
    """Name all who follow a change of holders; said anew with each application that is made."""
    global _followers
    _followers = followers


def changed_hands(post: Post, by: Actor | None) -> None:
    """Let whoever follows a post see that somebody came, left, or was entered wrongly."""
    for follow in _followers:
        follow(post, by)
