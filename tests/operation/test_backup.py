"""A backup brings back what was there, on either database."""

import json
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, select

from tests.accounts.test_alarm_letters import raise_alarm
from tests.conftest import environment, migrate, release
from tests.office import PASSWORD, Office
from tracker import create_app
from tracker.accounts.models import Account
from tracker.accounts.signing_in import sign_in
from tracker.columns import Base
from tracker.database import writing
from tracker.documents import store
from tracker.documents.models import StoredFile
from tracker.extensions import db
from tracker.operation.backup import MANIFEST, ROWS, Unusable, back_up, restore
from tracker.places import migrations_dir


@pytest.fixture
def elsewhere(tmp_path: Path) -> Flask:
    """An empty, upgraded installation on SQLite."""
    data_dir = tmp_path / "elsewhere"
    data_dir.mkdir()
    given = environment(data_dir, f"sqlite:///{data_dir / 'tracker.db'}")
    migrate(given)
    return create_app(given)


def counts() -> dict[str, int]:
    """Return how many rows each table holds, but for the mark that the database writes itself."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "organization_mark"]
    return {t.name: db.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


@pytest.mark.database
def test_everything_comes_back_into_an_empty_installation(
    app: Flask, office: Office, elsewhere: Flask, tmp_path: Path
) -> None:
    with writing():
        digest = store.keep("佐证".encode()).sha256
    with writing():
        assert sign_in(office.clerk.account.username, PASSWORD)
    raise_alarm(office)
    before, left_out = counts(), {"sign_ins": 0, "untold_alarms": 0}
    made = back_up(tmp_path / "backup")
    assert (made.files, made.rows) == (1, sum((before | left_out).values()))
    with elsewhere.app_context():
        assert restore(tmp_path / "backup") == made
        assert counts() == before | left_out
        kept = db.session.scalars(select(StoredFile).where(StoredFile.sha256 == digest)).one()
        assert store.content(kept).decode() == "佐证"
        with writing():
            assert sign_in(db.session.scalars(select(Account.username)).all()[0], PASSWORD)
    release(elsewhere)


@pytest.mark.parametrize("harm", ["cut", "file", "unfinished"])
def test_a_damaged_backup_is_refused_and_nothing_changes(
    office: Office, elsewhere: Flask, tmp_path: Path, harm: str
) -> None:
    with writing():
        digest = store.keep(b"x").sha256
    target = tmp_path / "backup"
    back_up(target)
    if harm == "cut":
        whole = (target / ROWS).read_bytes()
        (target / ROWS).write_bytes(whole[: len(whole) // 2])
    elif harm == "file":
        (target / "files" / digest).write_bytes(b"y")
    else:
        (target / MANIFEST).unlink()
    with elsewhere.app_context():
        fresh = counts()
        with pytest.raises(Unusable):
            restore(target)
        assert counts() == fresh
    release(elsewhere)


def test_a_backup_never_overwrites(office: Office, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "old").touch()
    with pytest.raises(Unusable, match="不是空文件夹"):
        back_up(tmp_path / "backup")


def test_a_restore_never_mixes_with_rows(office: Office, tmp_path: Path) -> None:
    back_up(tmp_path / "backup")
    with pytest.raises(Unusable, match="已有数据"):
        restore(tmp_path / "backup")


def test_the_manifest_names_the_schema(office: Office, tmp_path: Path) -> None:
    newest = ScriptDirectory(str(migrations_dir())).get_current_head()
    back_up(tmp_path / "backup")
    assert json.loads((tmp_path / "backup" / MANIFEST).read_text())["revision"] == newest
