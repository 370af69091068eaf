"""All SQL, and the files behind it. Knows nothing of HTTP; what it returns are values."""
