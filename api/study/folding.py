"""Text as it is compared: without regard to case, or to how an accented letter is put together."""

from unicodedata import normalize


def folded(text: str) -> str:
    """Return text with case folded, in NFC before and after: folding can take a composed letter apart."""
    return normalize("NFC", normalize("NFC", text).casefold())
