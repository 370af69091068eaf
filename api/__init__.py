"""JAVUMBO over HTTP: accounts, decks, cards and reviews, each caller known from a signed token alone."""
