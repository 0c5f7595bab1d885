"""Every table, imported once so that the migrations and the foreign keys know them all."""

from tracker.accounts import models as accounts
from tracker.audit import models as audit
from tracker.documents import models as documents
from tracker.duties import models as duties
from tracker.exchange import models as exchange
from tracker.figures import models as figures
from tracker.jobs import models as jobs
from tracker.organization import models as organization
from tracker.plans import models as plans
from tracker.problems import models as problems
from tracker.reminders import models as reminders
from tracker.reports import models as reports
from tracker.settings import models as settings
from tracker.summaries import models as summaries
from tracker.tasks import handover_models as handovers
from tracker.tasks import models as tasks
from tracker.tasks import paper_models as task_papers
from tracker.web import models as web

__all__ = [
    "accounts",
    "audit",
    "documents",
    "duties",
    "exchange",
    "figures",
    "handovers",
    "jobs",
    "organization",
    "plans",
    "problems",
    "reminders",
    "reports",
    "settings",
    "summaries",
    "task_papers",
    "tasks",
    "web",
]
