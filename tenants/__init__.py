"""Who, and the wall: companies, limits, credentials, sessions, keys, and the only door to a company's data."""

if __name__ != "turnout.tenants":  # a second copy under a bare name would be a second tenant context
    raise ImportError("import turnout.tenants, not tenants")
