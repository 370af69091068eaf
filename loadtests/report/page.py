"""One page with everything on it, which needs no other file, and the plots beside it."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.progress import track

from loadtests.capacity.paper import on_paper
from loadtests.report import design_plots, growth_plots, timeline_plot, writes_plot
from loadtests.report.documents import CAPACITY, MIX_UPS, SCENARIOS, Documents, NotMeasured
from loadtests.report.figures import number
from loadtests.report.sheet import DPI, LABELS, Plot, png, settle, style, svg
from loadtests.report.tables import Table, all_kinds, light_read

PAGE = "report.html"

_SECTIONS: dict[str, Callable[[Documents], Plot | list[Plot]]] = {
    "CPU of a light read": design_plots.cpu,
    "Throughput": design_plots.throughput,
    "Latency": design_plots.latency,
    "Durable writes": writes_plot.writes,
    "Disturbances": timeline_plot.timelines,
    "Number of users": growth_plots.users,
    "What else could grow": growth_plots.growth,
}


@dataclass(frozen=True)
class Section:
    """A heading with the plots below it, or with the reason why there are none."""

    heading: str
    plots: list[Plot]
    missing: str = ""

    @property
    def id(self) -> str:
        """What links within the page lead to."""
        return self.heading.lower().replace(" ", "-")


def write(folder: Path, documents: Documents, dpi: float = DPI) -> Iterator[Path]:
    """Write the page and a PNG of each plot into a folder, and tell which files these are."""
    with style():
        sections = [_section(heading, documents) for heading in track(_SECTIONS, description="drawing")]
        page = _page(sections, documents)
        for plot in track([plot for section in sections for plot in section.plots], description="saving "):
            file = folder / f"{plot.name}.png"
            file.write_bytes(png(plot.figure, dpi))
            yield file
    (folder / PAGE).write_text(page, "utf-8")
    yield folder / PAGE


def _section(heading: str, documents: Documents) -> Section:
    try:
        drawn = _SECTIONS[heading](documents)
    except NotMeasured as error:
        return Section(heading, [], str(error))
    plots = drawn if isinstance(drawn, list) else [drawn]
    for plot in plots:
        settle(plot.figure)
    return Section(heading, plots)


def _page(sections: list[Section], documents: Documents) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        labels={name: label.replace("\n", " ").partition(": ")[2] for name, label in LABELS.items()},
        sections=sections,
        embedded=_embedded,
        number=number,
        tables=_tables(documents),
        paper=on_paper(vars(documents.found[CAPACITY])) if CAPACITY in documents.found else [],
        scenarios=documents.found.get(SCENARIOS, []),
        mix_ups=documents.found.get(MIX_UPS, []),
        machines=documents.machines,
    )


def _embedded(plot: Plot) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg(plot.figure)).decode()}"


def _tables(documents: Documents) -> list[Table]:
    try:
        comparison = documents.comparison_of("read")
    except NotMeasured:
        return []
    return [light_read(comparison), all_kinds(comparison)]
