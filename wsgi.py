"""The application for a WSGI server: gunicorn wsgi:app."""

from tracker import create_app
from tracker.web.lines import log_in_lines

log_in_lines()
app = create_app()
