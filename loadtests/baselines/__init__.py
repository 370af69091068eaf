"""The same application with another answer to the question who is calling: what tokens are measured against."""
