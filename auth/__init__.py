"""Who is calling: keys, tokens and passwords. A library: no HTTP, no SQL, no Flask."""
