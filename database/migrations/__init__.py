"""The schema's history, written by hand."""
