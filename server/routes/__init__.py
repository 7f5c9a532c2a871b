"""One file for each way in by HTTP."""
