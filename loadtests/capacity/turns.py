"""Slices by turns with a bar that tells how far it is, and one kind taken twice."""

from collections.abc import Mapping

from rich.progress import track

from loadtests.measuring import Measured, Sample, by_turns


def turns(what: str, samples: Mapping[str, Sample], control: str, slices: int) -> Measured:
    """Take so many slices of each kind, or one more, and of one kind as many again, which are the control."""
    samples = {**samples, "control": samples[control]}
    # Two at a time, for by_turns goes to and fro.
    pairs = [by_turns(samples, 2) for _ in track(range((slices + 1) // 2), description=f"{what:24}")]
    return Measured({name: [time for pair in pairs for time in pair.times[name]] for name in samples})
