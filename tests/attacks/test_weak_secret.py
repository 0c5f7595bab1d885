"""S1: a secret that others know or guess does not start; without one the installation makes its own."""

import subprocess
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import SECRET
from tests.processes import COMMAND, serving, variables

WEAK = {
    "a word": "dev",
    "eight characters": "x7Kq90-b",
    "a word made longer": "secret-key" * 4,
    "one character again and again": "a" * 64,
    "from the instructions": "your-secret-key-your-secret-key-0",
}


@pytest.mark.parametrize("secret", WEAK.values(), ids=WEAK.keys())
def test_a_weak_secret_is_refused_at_the_start(app: Flask, secret: str) -> None:
    given = variables(app.config["ENVIRONMENT"]) | {"TRACKER_SECRET_KEY": secret}
    command = [str(COMMAND), "serve", "--port", "1"]
    started = subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=60)
    assert started.returncode == 2
    assert "TRACKER_SECRET_KEY" in started.stderr
    assert secret not in started.stderr + started.stdout


def test_without_a_secret_the_installation_makes_one_that_only_its_owner_reads(
    app: Flask, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = app.config["ENVIRONMENT"]
    monkeypatch.setattr("tests.processes.variables", lambda _given: _without_secret(variables(environment)))
    with serving(environment):
        kept = data_dir / "secret_key"
        assert len(kept.read_text()) == 64
        assert kept.stat().st_mode & 0o077 == 0
    assert kept.read_text() != SECRET


def _without_secret(given: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name != "TRACKER_SECRET_KEY"}
