"""一岗双责跟踪：季度总结里的每一个问题，落到岗位、定下时限、办到销号。"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from tracker.config import Environment

__version__ = "0.1.0"


def create_app(environment: "Environment | None" = None) -> "Flask":
    """Return the application. Its imports stand inside so that a child process can load one module."""
    # ruff: noqa: PLC0415 - see above
    from flask import Flask

    from tracker import clock, commands, extensions, places, tables
    from tracker.accounts.gate import add_gate
    from tracker.accounts.kept import add_kept_forms, keep_typed
    from tracker.accounts.present import note_presence, remember_by_token
    from tracker.config import read_environment
    from tracker.database import engine_options, guard_session, prepare_sqlite
    from tracker.navigation import add_features
    from tracker.web.edge import guard
    from tracker.web.errors import answer_errors
    from tracker.web.filters import add_filters
    from tracker.web.incoming import bound_incoming
    from tracker.web.once import add_form_keys
    from tracker.web.origin import BehindProxies
    from tracker.web.wording import add_wording

    assert tables  # importing them is what counts
    env = environment or read_environment()
    clock.set_office_zone(env.timezone)
    env.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = Flask(__name__, template_folder=str(places.templates_dir()))
    app.config.update(
        ENVIRONMENT=env,
        SECRET_KEY=env.secret_key,
        FILES_DIR=env.files_dir,
        SQLALCHEMY_DATABASE_URI=env.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(env.database_url),
        SESSION_COOKIE_NAME="__Host-tracker" if env.secure_cookies else "tracker",
        SESSION_COOKIE_SECURE=env.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
        TESTING=env.testing,
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
    )
    app.wsgi_app = BehindProxies(app.wsgi_app, env.proxy_hops)  # type: ignore[method-assign] # as Flask says
    bound_incoming(app)
    extensions.db.init_app(app)
    extensions.migrate.init_app(app, extensions.db, directory=str(places.migrations_dir()))
    add_wording(app)
    remember_by_token(extensions.login_manager, app)
    guard(app, keep_typed)
    extensions.csrf.init_app(app)  # reads the form, which of a stranger is not read without need
    add_gate(app)
    add_kept_forms(app)
    answer_errors(app)
    add_filters(app)
    add_form_keys(app)
    add_features(app)
    commands.add_commands(app)
    guard_session()
    with app.app_context():
        if env.uses_sqlite:
            prepare_sqlite(extensions.db.engine, env.data_dir / "writer.lock")
    app.teardown_request(lambda _error: note_presence())
    return app
