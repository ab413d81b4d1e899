"""A small output folder as a render leaves it: two regions' figures in English, one city's, and a failed run."""

import io
import json
from pathlib import Path

from PIL import Image

CAPTION = {"en": "Shown as it is.", "zh": "如图所示。"}
FAILED = {"cell": 5, "name": "ValueError", "text": "first line\nlast <line>", "source": "ln.draw_map(plan)"}


def write_output(folder: Path) -> Path:
    """Write runs with their figures and the manifest that names them; the folder itself comes back."""
    target = {"target": "circle-shenyang-gdp"}
    named, shenyang = "en/03_region_trajectories/circle", ["circle-shenyang-gdp-210100"]
    runs = [
        write_run(folder, "en/01_plan/all", ["verdict-map", "membership"]),
        write_run(folder, named, shenyang, "region", target),
        write_run(folder, "en/02_region_map/circle", ["map-circle-gdp", "coverage-circle"], "region"),
        write_run(folder, "en/04_city_profile/210100", ["series-210100-gdp"], "adcode"),
        write_run(folder, "zh/02_region_map/belt", ["map-belt-gdp"], "region"),
        write_run(folder, "en/02_region_map/west", [], "region", error=FAILED),
    ]
    write_manifest(folder, dict(runs))
    return folder


def write_manifest(folder: Path, runs: dict) -> None:
    """Write the manifest of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"schema": 1, "runs": runs}), "utf-8")


def write_run(folder, name, figures, over="", parameters=None, *, error=None):
    """Write the files of one run; its name and record come back."""
    language, notebook, value = name.split("/")
    (folder / name / "figures").mkdir(parents=True)
    for ending in ("ipynb", "html"):
        (folder / name / f"{notebook}.{ending}").write_text("<!DOCTYPE html><title>run</title>")
    for figure in figures:
        size = (2055, 1500 if figure.startswith("map-") else 900)
        write_figure(folder / name / "figures" / figure, parameters=parameters, size=size)
    return name, {
        "notebook": notebook, "language": language, "over": over, "value": "" if value == "all" else value,
        "parameters": {"plan": "ln-2022", "language": language}, "folder": name,
        "status": "failed" if error else "done", "outputs": {}, "error": error,
    }  # fmt: skip


def write_figure(stem: Path, *, parameters=None, caption=CAPTION, size=(2055, 900)) -> None:
    """Write a figure with all its files and its sidecar."""
    file = io.BytesIO()
    picture = Image.new("RGB", size, "#ffffff")
    picture.paste("#16325c", (300, 300, 900, 600))
    picture.save(file, "PNG")
    for ending in ("svg", "pdf", "csv"):
        stem.with_name(f"{stem.name}.{ending}").write_text("")
    stem.with_name(f"{stem.name}.png").write_bytes(file.getvalue())
    facts = {"figure": stem.name, "package": "lnregions", "parameters": parameters or {},
             "sources": [{"source": "s032"}], "caption": caption, "alt": caption}  # fmt: skip
    stem.with_name(f"{stem.name}.json").write_text(json.dumps(facts), "utf-8")
