"""Notices owed, the inbox, the digest and its delivery."""
