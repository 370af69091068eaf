"""How HTML is written, as far as regular expressions read it."""

ATTRIBUTES = r"""(?:[^>=]++|=\s*+(?:"[^"]*+"?|'[^']*+'?)?+)*+"""
"""What follows the name of a tag, up to its `>` or the end of the text. Never reads anything twice."""
