"""No route stands outside the table of expectations; each act needs its token; each answer its headers.

Who gets which answer where: test_matrix.py.
"""

from flask import Flask

from tests.matrix.asking import Cell, Stage
from tests.routes import ROUTES


def test_every_route_is_declared_and_every_row_has_its_route(app: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(ROUTES)


def test_an_act_needs_the_token_of_its_page(stage: Stage) -> None:
    before = stage.digest()
    for key in sorted(ROUTES):
        if key[0] != "GET":
            assert stage.ask(Cell("clerk", key, "own"), with_token=False).status_code == 400, key
    assert stage.digest() == before


def test_every_answer_carries_the_security_headers(stage: Stage) -> None:
    for path in ("/login", "/mine", "/nowhere", "/static/style.css", "/summaries/1.docx"):
        answer = stage.visitors["clerk"].get(path)
        answer.close()
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "same-origin", path
        if not path.startswith("/static"):
            assert answer.headers["Cache-Control"] == "no-store", path
