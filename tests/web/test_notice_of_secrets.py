"""Wherever a file is taken, the page says that state secrets must not come in."""

import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from tracker.places import templates_dir

NOTICE = "严禁上传涉密文件"
PACKAGE = Path(__file__).parents[2] / "tracker"
FIELD = re.compile(r"""type\s*=\s*\\?["']?file\b""")
CALL = re.compile(r"\bfile_field\(")
FORM = re.compile(r"<form\b[^>]*>(?:(?!</form>).)*?\bfile_field\(", re.DOTALL)


def sources() -> dict[str, str]:
    """Everything that can put a field on a page: templates, scripts, and the program itself."""
    found = [*templates_dir().rglob("*.html"), *PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.js")]
    return {str(path): path.read_text(encoding="utf-8") for path in found}


def test_only_one_macro_makes_a_field_for_files() -> None:
    places = [path for path, text in sources().items() if FIELD.search(text)]
    assert places == [str(templates_dir() / "macros.html")]


@pytest.mark.parametrize("hint", ["", "不超过 5 MB"])
def test_the_macro_says_so_whatever_its_hint(app: Flask, hint: str) -> None:
    with app.test_request_context():
        page = render_template_string(
            "{% from 'macros.html' import file_field %}{{ file_field('file', '文件', hint) }}", hint=hint
        )
    assert FIELD.search(page)
    assert NOTICE in page


def test_every_form_that_takes_a_file_uses_it_and_sends_the_content() -> None:
    calling = {
        path: text for path, text in sources().items() if CALL.search(text) and "macros.html" not in path
    }
    assert len(calling) >= 5
    for path, text in calling.items():
        forms = FORM.findall(text)
        assert len(forms) == len(CALL.findall(text)), path
        assert all('enctype="multipart/form-data"' in form for form in forms), path
