"""Data that leaves the installation as a file, and the ledger's table when it comes back."""
