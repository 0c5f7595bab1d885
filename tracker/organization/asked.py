"""The organization as the database tells it, question by question: what `Known` answers from memory."""

from tracker.organization.chains import first_responsibles
from tracker.organization.portfolios import deputy_in_charge
from tracker.organization.queries import answering, ledger_post

__all__ = ["answering", "deputy_in_charge", "first_responsibles", "ledger_post"]
