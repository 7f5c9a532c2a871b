"""The pages as the tests read them: their fences, tables and sections."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("analytics", "database", "graphql", "ingest", "server", "tenants")
# Benchmarks are for whoever works on Turnout.
PAGES = ("README.md", "SECURITY.md", *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/*.md")))


def read(page: str) -> str:
    return (ROOT / page).read_text()


def fences(text: str, language: str) -> list[str]:
    """What stands between the fences of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def ticked(text: str) -> list[str]:
    """What stands between single backticks, outside the fences."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def sections(text: str, level: int) -> dict[str, str]:
    """The text below each heading of a level, up to the next heading of it or of one above."""
    unfenced = re.sub(
        r"^```.*?^```", lambda fence: fence[0].replace("\n#", "\n\0#"), text, flags=re.DOTALL | re.MULTILINE
    )
    parts = re.split(rf"^(#{{1,{level}}}) (.+)$", unfenced, flags=re.MULTILINE)[1:]
    found = zip(parts[0::3], parts[1::3], parts[2::3], strict=True)
    return {title: body.replace("\0", "") for marks, title, body in found if len(marks) == level}


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every row of the tables in a text, without their headings."""
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        for line in table.splitlines()[2:]:
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def anchors(page: str) -> set[str]:
    """What a link to this page may have behind its #."""
    titles = re.findall(r"^#+ (.+)$", read(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
