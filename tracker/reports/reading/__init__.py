"""What a text says: problems, measures, deadlines, who answers, counts. Needs no database."""
