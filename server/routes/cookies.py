"""Sessions that a browser keeps: in a cookie that no script reads and no page of somebody else makes use of."""

from dataclasses import dataclass

from starlette.datastructures import Headers


@dataclass(frozen=True, slots=True)
class Cookies:
    """How the cookie is set and read. `insecure` is for http on this machine."""

    insecure: bool = False

    @property
    def name(self) -> str:
        """A name that begins with __Host- is taken from this very host over https, and from nobody else."""
        return "turnout" if self.insecure else "__Host-turnout"

    def token(self, headers: Headers) -> str | None:
        """The token of a request's cookie."""
        pairs = (pair.strip().partition("=") for header in headers.getlist("cookie") for pair in header.split(";"))
        return next((value for name, _, value in pairs if name == self.name), None)

    def setting(self, token: str) -> str:
        """The header that has a browser keep a token; an empty one makes it forget."""
        secure = "" if self.insecure else " Secure;"
        gone = " Max-Age=0;" if not token else ""
        return f"{self.name}={token};{gone}{secure} HttpOnly; SameSite=Lax; Path=/"

    def is_own_page(self, headers: Headers) -> bool | None:
        """Whether a page of this very server asks; None when no browser says so. No script can set these headers."""
        if site := headers.get("sec-fetch-site"):
            return site == "same-origin"
        if origin := headers.get("origin"):
            schemes = ("https", "http") if self.insecure else ("https",)
            return origin in {f"{scheme}://{headers.get('host')}" for scheme in schemes}
        return None
