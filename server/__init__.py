"""The process: ASGI application, settings, routes, command line."""

if __name__ != "turnout.server":  # a second copy under a bare name would be a second tenant context
    raise ImportError("import turnout.server, not server")
