"""A small output folder as a render leaves it: two regions' figures in English, one city's, and a failed run."""

import io
import json

from PIL import Image

LONG = {"en": "Shown as it is.", "zh": "如图所示。"}


def write_output(folder):
    """Write runs with their figures and the books that name them; the folder itself comes back."""
    runs = {}
    _run(folder, runs, "en/01_plan/all", figures=["verdict-map", "membership"])
    _run(folder, runs, "en/03_region_trajectories/circle", figures=["circle-shenyang-gdp-210100"],
         over="region", parameters={"target": "circle-shenyang-gdp"})  # fmt: skip
    _run(
        folder, runs, "en/02_region_map/circle", figures=["map-circle-gdp", "coverage-circle"], over="region"
    )
    _run(folder, runs, "en/04_city_profile/210100", figures=["series-210100-gdp"], over="adcode")
    _run(folder, runs, "zh/02_region_map/belt", figures=["map-belt-gdp"], over="region")
    failed = {
        "cell": 5,
        "name": "ValueError",
        "text": "first line\nlast <line>",
        "source": "ln.draw_map(the_plan)",
    }
    _run(folder, runs, "en/02_region_map/west", over="region", error=failed)
    write_books(folder, runs)
    return folder


def write_books(folder, runs):
    """Write the manifest of a folder."""
    (folder / "manifest.json").write_text(json.dumps({"schema": 1, "runs": runs}), "utf-8")


def _run(folder, runs, name, *, figures=(), over="", parameters=None, error=None):
    language, notebook, value = name.split("/")
    place = folder / name
    (place / "figures").mkdir(parents=True)
    for ending in ("ipynb", "html"):
        (place / f"{notebook}.{ending}").write_text("<!DOCTYPE html><title>run</title>")
    for figure in figures:
        write_figure(place / "figures" / figure, language=language, parameters=parameters)
    runs[name] = {
        "notebook": notebook, "language": language, "over": over, "value": "" if value == "all" else value,
        "parameters": {"plan": "ln-2022", "language": language}, "folder": name,
        "status": "failed" if error else "done", "outputs": {}, "error": error,
    }  # fmt: skip


def write_figure(stem, *, language="en", parameters=None, caption=None):
    """Write a figure with all its files and its sidecar."""
    file = io.BytesIO()
    picture = Image.new("RGB", (2055, 900), "#ffffff")
    picture.paste("#16325c", (300, 300, 900, 600))
    picture.save(file, "PNG")
    for ending in ("svg", "pdf", "csv"):
        stem.with_name(f"{stem.name}.{ending}").write_text("")
    stem.with_name(f"{stem.name}.png").write_bytes(file.getvalue())
    facts = {"figure": stem.name, "package": "lnregions", "language": language, "parameters": parameters or {},
             "sources": [{"source": "s032"}], "caption": caption or LONG, "alt": caption or LONG}  # fmt: skip
    stem.with_name(f"{stem.name}.json").write_text(json.dumps(facts), "utf-8")
