"""Which scenarios there are, and the settings of the service that each needs, by their names in lower case."""

NAMES: dict[str, dict[str, str]] = {
    "registrations": {},
    "writers": {},
    "reviewers": {},
    "sign-ins": {},
    "refreshes": {"access_ttl": "6s"},
}
