"""Arguments that several fields take."""

from typing import Annotated

import strawberry

Slug = Annotated[str, strawberry.argument(description="The short name of the company, its slug.")]
Label = Annotated[
    str | None, strawberry.argument(description="What support staff know it by, such as `front desk`; one line.")
]
FirstFew = Annotated[int, strawberry.argument(description="How many rows at most, the newest first: 1 to 200.")]
MOST_FEW = 200
