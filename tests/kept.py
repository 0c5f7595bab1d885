"""Pages as they are where nothing is kept (`organization.kept`)."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tracker.organization.kept import Shelf


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Have everything made anew."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Shelf, "each", lambda _shelf, _mark, keys, make: [make(key) for key in keys])
        yield
