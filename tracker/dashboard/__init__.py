"""What a leader looks at."""
