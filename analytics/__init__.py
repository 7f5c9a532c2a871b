"""The questions: periods and metrics, one noun a module with its SQL beside it; the refresher."""

if __name__ != "turnout.analytics":  # a second copy under a bare name would be a second tenant context
    raise ImportError("import turnout.analytics, not analytics")
