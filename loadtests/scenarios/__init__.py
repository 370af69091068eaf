"""People who use the service at once, with locust, and what must be true of it afterwards."""
