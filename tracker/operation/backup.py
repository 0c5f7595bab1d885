"""Backup and restore: every row as a line of JSON, every file by its digest.

One form for both databases: a backup made on SQLite restores into PostgreSQL and back. The rows are
read in one snapshot, so that writers go on meanwhile.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Date, Table, delete, func, insert, inspect, select, text, update

from tracker import clock
from tracker.columns import Base, UtcDateTime
from tracker.database import BATCH, writing
from tracker.documents.models import StoredFile
from tracker.extensions import db
from tracker.outbox import OutgoingState
from tracker.reminders.models import Digest
from tracker.tasks.word_index import fill

MANIFEST = "manifest.json"
ROWS = "rows.jsonl"
FILES = "files"
# sessions die with a restore, ticks are claimed anew, a code by mail is asked for again; an alarm stands in
# the trail, and nobody is written to about it a second time
LEFT_OUT = frozenset({"sign_ins", "tick_claims", "password_requests", "untold_alarms", "alarm_letters"}) | {
    "task_texts",  # the index of words is written anew from what came back
    "problem_texts",
    "organization_mark",  # the database writes it
}
PRESET = ("act_kinds",)  # what the migrations put into an empty database, and a backup holds as well


class Unusable(Exception):
    """The backup or the place for it cannot be used; the message says why. Nothing was changed."""


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds, or what a restore brought back."""

    rows: int
    files: int


def back_up(target: Path) -> BackupReport:
    """Write a backup into an empty or new folder. Raises Unusable when it holds something already.

    The manifest is written last: a folder without it is a backup that did not finish.
    """
    if target.exists() and any(target.iterdir()):
        raise Unusable(f"{target} 不是空文件夹。备份没有开始，请换一个文件夹。")
    target.mkdir(parents=True, exist_ok=True)
    counts = _write_rows(target / ROWS)
    files = _copy_files(target / FILES)
    manifest = {
        "made_at": clock.now().isoformat(),
        "revision": _revision(),
        "counts": counts,
        "files": files,
        "rows_sha256": _digest(target / ROWS),
    }
    (target / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    return BackupReport(sum(counts.values()), files)


def restore(source: Path) -> BackupReport:
    """Bring a backup into an empty, upgraded database and data folder.

    Raises Unusable for a damaged or foreign backup, another schema, or a database that holds rows.
    Digests that waited are not sent: they were due before the restore; their notices stay in the inbox.
    """
    manifest = _checked_manifest(source)
    if db.session.scalar(select(func.count()).select_from(Base.metadata.tables["accounts"])):
        raise Unusable("数据库里已有数据。恢复只进空库，没有改动任何数据。")
    files = _restore_files(source / FILES)
    with writing():
        for name in PRESET:
            db.session.execute(delete(Base.metadata.tables[name]))
        rows = _read_rows(source / ROWS)
        db.session.execute(
            update(Digest)
            .where(Digest.state == OutgoingState.WAITING)
            .values(state=OutgoingState.REFUSED, error="restored from a backup")
        )
        _move_sequences(db.session.connection())
    fill()
    if rows != sum(manifest["counts"].values()):
        raise Unusable("恢复的行数与备份清单不符，请换一份备份在空库里重试。")
    return BackupReport(rows, files)


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def _write_rows(place: Path) -> dict[str, int]:
    counts: dict[str, int] = {}
    with place.open("w", encoding="utf-8") as file:
        for table in _tables():
            counts[table.name] = 0
            for row in db.session.execute(select(table).execution_options(yield_per=BATCH)).mappings():
                line = {"table": table.name, "row": {name: _plain(value) for name, value in row.items()}}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                counts[table.name] += 1
    return counts


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return (
        str(value)
        if value is not None and not isinstance(value, str | int | float | bool | dict | list)
        else value
    )


def _read_rows(place: Path) -> int:
    tables = {table.name: table for table in _tables()}
    late: list[tuple[Table, dict[str, Any], Any]] = []
    rows = 0
    for name, batch in _batches(place):
        table = tables[name]
        prepared = [_typed(table, row, late) for row in batch]
        db.session.execute(insert(table), prepared)
        rows += len(prepared)
    for table, own_references, key in late:
        db.session.execute(update(table).where(table.c.id == key).values(own_references))
    return rows


def _batches(place: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    name = ""
    batch: list[dict[str, Any]] = []
    with place.open(encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            if batch and (entry["table"] != name or len(batch) >= BATCH):
                yield name, batch
                batch = []
            name = entry["table"]
            batch.append(entry["row"])
    if batch:
        yield name, batch


def _typed(
    table: Table, row: dict[str, Any], late: list[tuple[Table, dict[str, Any], Any]]
) -> dict[str, Any]:
    """Return a row with its values typed; references within the table are set once all its rows are in."""
    typed = {name: _value(table, name, value) for name, value in row.items()}
    own = {
        column.name: typed[column.name]
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table is table and typed.get(column.name) is not None
    }
    if own:
        late.append((table, own, typed["id"]))
        typed.update(dict.fromkeys(own, None))
    return typed


def _value(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is not None and isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if value is not None and isinstance(kind, Date):
        return date.fromisoformat(value)
    return value


def _revision() -> str | None:
    if not inspect(db.engine).has_table("alembic_version"):
        return None
    return str(db.session.scalar(text("SELECT version_num FROM alembic_version")))


def _checked_manifest(source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Unusable(f"{source} 里没有可用的备份清单：不是备份，或当时没有备份完。") from None
    if manifest["rows_sha256"] != _digest(source / ROWS):
        raise Unusable("备份的数据文件与清单不符，可能已损坏。请换一份备份，没有改动任何数据。")
    if manifest["revision"] != _revision():
        raise Unusable("备份与程序的数据库版本不同。先用同版本程序恢复，再执行 tracker upgrade。")
    return manifest


def _copy_files(target: Path) -> int:
    target.mkdir()
    digests = db.session.scalars(select(StoredFile.sha256)).all()
    for digest in digests:
        shutil.copyfile(_stored(digest), target / digest)
    return len(digests)


def _restore_files(source: Path) -> int:
    files = sorted(source.iterdir())
    for file in files:
        if _digest(file) != file.name:
            raise Unusable(f"备份中的文件 {file.name[:12]}… 已损坏。请换一份备份，没有改动任何数据。")
    for file in files:
        place = _stored(file.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
    return len(files)


def _stored(digest: str) -> Path:
    root: Path = current_app.config["FILES_DIR"]
    return root / digest[:2] / digest


def _digest(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _move_sequences(connection: Connection) -> None:
    """Let PostgreSQL count on after the restored ids; SQLite does by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in _tables():
        if "id" in table.c:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                    f"(SELECT coalesce(max(id), 1) FROM {table.name}))"
                )
            )
