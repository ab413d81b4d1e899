"""The gallery shows every kind of figure."""

import re

from lnregions.figures.figure_kinds import PLAN_KINDS, REGION_KINDS
from lnregions.figures.gallery import CITY_KINDS, write_gallery


def test_the_page_shows_every_kind_in_both_languages_and_links_to_no_missing_file(tmp_path):
    page = write_gallery(tmp_path, widths=("single",)).read_text("utf-8")
    assert [k for k in [*PLAN_KINDS, *REGION_KINDS, *CITY_KINDS] if f"<h2>{k}</h2>" not in page] == []
    files = re.findall(r'src="([^"]+)"', page)
    assert all((tmp_path / file).is_file() for file in files)
    assert (
        sum(file.endswith("-en.png") for file in files)
        == sum(file.endswith("-zh.png") for file in files)
        > 20
    )
    assert page.count(" alt=") == len(files)
