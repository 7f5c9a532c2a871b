"""Demo companies for whoever looks at Turnout for the first time: 13 months of them, and what is planned."""

from turnout.server.demo.loading import load_demo

__all__ = ["load_demo"]
