"""Bringing alerts to where a company wants them: worked off from an outbox, signed, and never to a private network."""
