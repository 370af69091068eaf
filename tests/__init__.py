"""Tests. They mirror the code; journeys, attacks and faults stand beside it."""
