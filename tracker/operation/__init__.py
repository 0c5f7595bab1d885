"""Running the installation: backup, restore."""
