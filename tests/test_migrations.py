"""The migrations lead to the tables of the models, and back, with rows in them."""

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DatabaseError

from tests.office import START, Office
from tracker.extensions import db
from tracker.organization.chains import first_responsibles
from tracker.organization.models import Post, Unit


@pytest.mark.database
def test_the_migrated_schema_is_that_of_the_models(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


@pytest.mark.database
def test_up_down_and_up_again_with_rows(app: Flask, office: Office) -> None:
    assert db.session.scalar(select(func.count()).select_from(Post)) == 10
    db.session.remove()
    flask_migrate.downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
    flask_migrate.upgrade()
    assert db.session.scalar(select(func.count()).select_from(Post)) == 0


@pytest.mark.database
def test_a_chain_outlives_the_way_it_was_kept_before(app: Flask, office: Office) -> None:
    before = [post.id for post in first_responsibles(office.village, office.safety, START)]
    assert before == [office.secretary.post.id]
    db.session.remove()
    flask_migrate.downgrade(revision="0002")
    flask_migrate.upgrade()
    village = db.session.get_one(Unit, office.village.id)
    assert [post.id for post in first_responsibles(village, None, START)] == before


@pytest.mark.database
@pytest.mark.parametrize("change", ["UPDATE audit_rows SET name = 'x'", "DELETE FROM audit_rows"])
def test_the_database_itself_refuses_to_change_the_trail(office: Office, change: str) -> None:
    with pytest.raises(DatabaseError, match="rows are only added"):
        db.session.execute(text(change))
    db.session.rollback()


@pytest.mark.database
def test_upgrading_twice_changes_nothing(app: Flask, office: Office) -> None:
    flask_migrate.upgrade()
    assert db.session.scalar(select(func.count()).select_from(Post)) == 10


def test_the_migrations_are_one_line(app: Flask) -> None:
    with app.app_context():
        script = app.extensions["migrate"].migrate.get_config()
        assert len(ScriptDirectory.from_config(script).get_heads()) == 1
