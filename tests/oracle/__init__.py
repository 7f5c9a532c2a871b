"""The glossary's numbers worked out by brute force in plain Python: what every other implementation must agree with.

It shares no code with the product. Evident correctness comes before speed.
"""

from .limits import Limit
from .oracle import Oracle
from .ordering import matches, ordered
from .segments import Part
from .stays import Stay

__all__ = ["Limit", "Oracle", "Part", "Stay", "matches", "ordered"]
