"""Load tests and benchmarks: what is measured lives here, and never among the tests."""
