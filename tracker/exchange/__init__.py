"""Data that leaves the installation as a file."""
