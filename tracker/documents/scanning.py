"""The hook for a virus scanner: the command that an installation names looks at a file before it is kept."""

import shlex
import subprocess
import tempfile

from flask import current_app
from flask_babel import gettext as _

from tracker.refusals import Refused

CLEAN, INFECTED = 0, 1  # what clamscan, clamdscan and their like end with
LONGEST_SCAN = 60  # seconds
UNSCANNED, FOUND_CLEAN = "", "clean"


def scan(content: bytes, field: str = "evidence") -> str:
    """Return the result to be kept with a file: FOUND_CLEAN, or UNSCANNED where no scanner is set.

    The command of TRACKER_SCANNER gets the path of a copy as its last argument. Raises Refused for what it
    finds infected, and where it does not end: a file that was not looked at is not kept.
    """
    command = current_app.config["ENVIRONMENT"].scanner
    if not command:
        return UNSCANNED
    with tempfile.NamedTemporaryFile(prefix="scan-") as copy:
        copy.write(content)
        copy.flush()
        try:
            ended = subprocess.run(
                [*shlex.split(command), copy.name],
                capture_output=True,
                timeout=LONGEST_SCAN,
                check=False,
            ).returncode
        except (OSError, subprocess.TimeoutExpired):
            ended = -1
    if ended == INFECTED:
        raise Refused(_("文件没有通过病毒检查，没有保存；文字内容仍保留在页面上。"), field=field)
    if ended != CLEAN:
        raise Refused(_("病毒检查没有完成，文件没有保存；文字内容仍保留在页面上，请稍后再传。"), field=field)
    return FOUND_CLEAN
