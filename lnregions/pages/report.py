"""The report site: pages over what was rendered, for people who get the folder and open it from disk.

``index.html`` (English) and ``index.zh.html`` (Chinese) lead to a page a region and a city in each language. The
pages ask nothing from outside and need no script to be read; the same input gives the same bytes.
"""

import contextlib
import json
import re
from pathlib import Path

from lnregions.files import write_json, write_whole
from lnregions.pages import pages
from lnregions.pages.export import report_docx, report_pdf, single_file
from lnregions.pages.previews import make_previews
from lnregions.pages.site import LANGUAGES, Site, read_site

_OURS = re.compile(r"(index(\.zh)?|(en|zh)/((region|city)/)?[^/]+)\.html")
__all__ = ["report_docx", "report_pdf", "single_file", "site_pages", "write_report"]


def write_report(output, *, plan="ln-2022", as_of=None) -> Path:
    """Write the pages of one plan over what was rendered into a folder; nothing is rendered anew.

    Pages are written for both languages whether or not figures were rendered in both: verdicts, calculations and
    tables come from the data, and a page whose figures lack says so. Pages of an earlier call that have no
    place any more are removed.

    Parameters
    ----------
    output : path
        Folder that ``lnregions render`` wrote into; it is made if it is not there.
    plan : str or Plan
        A plan's name, its folder, or a plan from `load_plan`.
    as_of : date or str, optional
        Only what was published by then counts.

    Returns
    -------
    Path
        The English landing page.

    Raises
    ------
    DataError
        If the plan or the date is unknown.
    """
    output = Path(output)
    site = read_site(output, plan=plan, as_of=as_of)
    output.mkdir(parents=True, exist_ok=True)
    site.previews.update(make_previews(site.inventory))
    written = site_pages(site)
    for path, content in written.items():
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        write_whole(output / path, content)
    _drop_old(output, set(written))
    return output / "index.html"


def site_pages(site: Site) -> dict[str, str]:
    """All pages of a site as text, by their path relative to the output."""
    found = {}
    for language in LANGUAGES:
        for name in ("home", "indicators", "sources", "methods", "notebooks"):
            found[site.page(language, name)] = getattr(pages, f"{name}_page")(site, language)
        for region in site.regions:
            found[site.region_page(language, region)] = pages.region_page(site, language, region)
        for city in site.cities:
            found[site.city_page(language, city)] = pages.city_page(site, language, city)
    return found


def _drop_old(output: Path, written: set[str]) -> None:
    """Remove pages that an earlier call left and this one did not write."""
    index = output / ".lnregions" / "pages.json"
    before = []
    with contextlib.suppress(OSError, ValueError, RecursionError):
        before = json.loads(index.read_text("utf-8"))
    for path in before if isinstance(before, list) else []:
        if isinstance(path, str) and _OURS.fullmatch(path) and path not in written:
            with contextlib.suppress(OSError, ValueError):
                place = (output / path).resolve()
                if place.is_relative_to(output.resolve()):
                    place.unlink()
    if before != sorted(written):
        index.parent.mkdir(parents=True, exist_ok=True)
        write_json(index, sorted(written))
