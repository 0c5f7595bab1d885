"""What an office may choose, inherited down the unit tree."""
