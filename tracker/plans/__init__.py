"""Plans prepared in advance (预案): kept current, started in one act, watched, ended with a note."""
