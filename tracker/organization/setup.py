"""Entering the organization: units, people, posts, holders, portfolios; each has a module of its own."""

from tracker.organization.dividing import divide_work
from tracker.organization.holdings import appoint, release
from tracker.organization.people import add_person
from tracker.organization.posts import add_post
from tracker.organization.units import add_unit

__all__ = ["add_person", "add_post", "add_unit", "appoint", "divide_work", "release"]
