"""Words that problems, reports and tasks share."""

LATER_STANDARD = "签收时商定"  # the acceptance standard is fixed when the lead signs for the task
LONGEST_STANDARD = 500  # characters, as the columns hold them
