"""A period is rolled up: wording, document, carry-over."""
