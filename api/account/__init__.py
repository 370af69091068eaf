"""What can be done with an account. Routes call these and nothing below."""
