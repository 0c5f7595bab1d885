"""What the environment says, read once into one typed object."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEAK_SECRETS = frozenset({"dev", "secret", "changeme", "password", "secret-key", "your-secret-key"})
MOST_HOPS = 5
SHORTEST_SECRET = 32  # characters; 16 random bytes in hexadecimal
SHORTEST_TOLD = SHORTEST_SECRET // 2  # characters beside the words above
FEWEST_CHARACTERS = 8  # different ones; 32 of hexadecimal have fewer once in a million times


class ImpossibleEnvironment(Exception):
    """The environment asks for something the program refuses; the message says what to change."""


@dataclass(frozen=True)
class Environment:
    """The outer settings of one installation (architecture: command line and environment)."""

    data_dir: Path
    secret_key: str
    database_url: str
    base_url: str = "http://127.0.0.1:8400"
    smtp_url: str | None = None
    scanner: str = ""  # command that looks at every file before it is kept
    timezone: str = "Asia/Shanghai"
    insecure_lan: bool = False
    trusted_hosts: tuple[str, ...] = ()  # further names under which the installation is asked
    proxy_hops: int = 0  # trusted proxies before the application
    testing: bool = False

    def __post_init__(self) -> None:
        if is_weak(self.secret_key):
            raise ImpossibleEnvironment(
                f"TRACKER_SECRET_KEY 太弱：至少 {SHORTEST_SECRET} 个字符，"
                "且不能由常见词或少数几个字符重复而成。"
                "不设置此变量时，系统会在数据目录里自己生成一个。"
            )
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            raise ImpossibleEnvironment(f"TRACKER_TIMEZONE 无法识别：{self.timezone}") from unknown

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which the installation may be asked."""
        own = urlsplit(self.base_url).hostname or ""
        return frozenset({own, *(name.lower() for name in self.trusted_hosts)})

    @property
    def uses_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def files_dir(self) -> Path:
        """Where the content-addressed files lie."""
        return self.data_dir / "files"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are sent over TLS only; plain HTTP is for the own machine or said aloud."""
        return self.base_url.startswith("https://")


def is_weak(secret: str) -> bool:
    """Whether a secret is short, of few characters, or made of words that instructions use for one."""
    told = re.sub("|".join(sorted(WEAK_SECRETS, key=len, reverse=True)), "", secret.lower())
    return len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_CHARACTERS or len(told) < SHORTEST_TOLD


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """Read the environment; raises ImpossibleEnvironment with what to change."""
    given = os.environ if variables is None else variables
    data_dir = Path(given.get("TRACKER_DATA_DIR", "var")).resolve()
    return Environment(
        data_dir=data_dir,
        secret_key=given.get("TRACKER_SECRET_KEY") or _kept_secret(data_dir),
        database_url=_driver_named(
            given.get("TRACKER_DATABASE_URL") or f"sqlite:///{data_dir / 'tracker.db'}"
        ),
        base_url=given.get("TRACKER_BASE_URL", "http://127.0.0.1:8400").rstrip("/"),
        smtp_url=given.get("TRACKER_SMTP_URL") or None,
        scanner=given.get("TRACKER_SCANNER", ""),
        timezone=given.get("TRACKER_TIMEZONE", "Asia/Shanghai"),
        trusted_hosts=tuple(given.get("TRACKER_TRUSTED_HOSTS", "").replace(",", " ").split()),
        proxy_hops=_hops(given.get("TRACKER_PROXY_HOPS") or "0"),
    )


def _hops(text: str) -> int:
    """Return how many proxies are trusted."""
    if not (text.isascii() and text.isdecimal() and int(text) <= MOST_HOPS):
        raise ImpossibleEnvironment(f"TRACKER_PROXY_HOPS 填 0 到 {MOST_HOPS} 的整数：前面有几层反向代理。")
    return int(text)


def _driver_named(url: str) -> str:
    """Name psycopg 3 in a PostgreSQL address, whichever of its spellings was given."""
    for spelling in ("postgres://", "postgresql://"):
        if url.startswith(spelling):
            return "postgresql+psycopg://" + url.removeprefix(spelling)
    return url


def _kept_secret(data_dir: Path) -> str:
    """Return the installation's own secret, made at the first start and readable by its owner alone."""
    kept = data_dir / "secret_key"
    try:
        return kept.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(os.urandom(32).hex())
        except FileExistsError:  # another process of the same start was first
            pass
        return kept.read_text(encoding="ascii").strip()
