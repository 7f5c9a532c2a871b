"""The same questions to four servers over one database."""
