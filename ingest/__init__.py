"""What happened: the vocabulary, its validation, signals folded into stays, marks."""

if __name__ != "turnout.ingest":  # a second copy under a bare name would be a second tenant context
    raise ImportError("import turnout.ingest, not ingest")
