"""The one table of expectations, gathered from the packages."""

from tests.accounts.routes import ROUTES as ACCOUNTS
from tests.api.routes import ROUTES as API
from tests.authorization import Row
from tests.dashboard.routes import ROUTES as DASHBOARD
from tests.duties.routes import ROUTES as DUTIES
from tests.exchange.routes import ROUTES as EXCHANGE
from tests.organization.routes import ROUTES as ORGANIZATION
from tests.plans.routes import ROUTES as PLANS
from tests.reminders.routes import ROUTES as REMINDERS
from tests.reports.routes import ROUTES as REPORTS
from tests.search.routes import ROUTES as SEARCH
from tests.summaries.routes import ROUTES as SUMMARIES
from tests.tasks.routes import ROUTES as TASKS
from tests.web.routes import ROUTES as WEB

ROUTES: dict[tuple[str, str], Row] = {
    **ACCOUNTS,
    **API,
    **DASHBOARD,
    **DUTIES,
    **EXCHANGE,
    **ORGANIZATION,
    **PLANS,
    **REMINDERS,
    **REPORTS,
    **SEARCH,
    **SUMMARIES,
    **TASKS,
    **WEB,
}
