"""In which form the sides of a card are shown."""

from enum import StrEnum

from api.shapes import Input


class Format(StrEnum):
    """What `question` and `answer` of a card are."""

    HTML = "html"
    TEXT = "text"


class FormatQuery(Input):
    """In which form the sides of a card are shown: sanitised HTML, or plain text."""

    format: Format = Format.HTML

    @property
    def is_text(self) -> bool:
        """Whether plain text is asked for."""
        return self.format is Format.TEXT
