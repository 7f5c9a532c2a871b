"""The schema as files, the roles, the loader of named SQL, the embedded server."""

if __name__ != "turnout.database":  # a second copy under a bare name would be a second tenant context
    raise ImportError("import turnout.database, not database")
