"""Hashing passwords (Argon2id), a few at a time."""

import secrets
import time
from dataclasses import dataclass
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

_hasher = PasswordHasher()
_nobodys_hash = _hasher.hash(secrets.token_urlsafe(16))  # hashed against when no account has the name
_looks = BoundedSemaphore(4)  # each takes 64 MiB; a storm of sign-ins must not take all the memory


@dataclass
class _Cost:
    """How long the last look at a password took: who has to wait is answered as late."""

    seconds: float = 0.0


_cost_of_a_look = _Cost()


def hash_of(password: str) -> str:
    """Return what is kept of a password."""
    with _looks:
        return _hasher.hash(password)


def no_password() -> str:
    """Return the hash of a password that nobody knows, for an account that a one-time secret will open."""
    return _nobodys_hash


def matches(password_hash: str, password: str) -> bool:
    """Whether a password is the one of a hash; takes a tenth of a second either way."""
    with _looks:
        begun = time.perf_counter()
        try:
            return _hasher.verify(password_hash, password)
        except VerificationError:
            return False
        finally:
            _cost_of_a_look.seconds = time.perf_counter() - begun


def wait_as_for_a_look() -> None:
    """Take the time of a look without one."""
    time.sleep(_cost_of_a_look.seconds)
