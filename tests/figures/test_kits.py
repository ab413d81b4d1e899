"""A kit holds the figures of a folder with README and citation, as an archive or a Word file."""

import sys
import zipfile

import pandas as pd
import pytest
from formats.figure_samples import chart

import lnregions as ln
from lnregions import DataError, save_figure
from lnregions.figures import bundle_docx, bundle_zip, kits

CAPTION = {"zh": "两市地区生产总值。", "en": "GDP of two cities."}


@pytest.fixture
def folder(tmp_path):
    data = pd.DataFrame({"value": [1]})
    for name in ("one", "deep/two"):
        save_figure(chart(), tmp_path / "kit" / name, data=data, caption=CAPTION, formats=["png", "svg"])
    return tmp_path / "kit"


def test_a_kit_holds_every_file_a_readme_and_a_citation_in_the_same_bytes(folder, tmp_path):
    one = bundle_zip(folder, tmp_path / "a.zip", title="Circle", citation="cff-version: 1.2.0\n")
    two = bundle_zip(folder, tmp_path / "b.zip", title="Circle", citation="cff-version: 1.2.0\n")
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        names = archive.namelist()
        readme = archive.read("README.md").decode()
        assert archive.read("CITATION.cff").decode().startswith("cff-version")
    assert {"one.png", "one.csv", "deep/two.svg", "deep/two.json", "README.md", "CITATION.cff"} <= set(names)
    assert names == sorted(names)
    assert readme.startswith("# Circle")
    assert "**deep/two** GDP of two cities." in readme


def test_a_kit_within_its_own_folder_does_not_hold_itself(folder):
    path = bundle_zip(folder, folder / "kit.zip", language="zh")
    first = path.read_bytes()
    assert bundle_zip(folder, folder / "kit.zip", language="zh").read_bytes() == first
    with zipfile.ZipFile(path) as archive:
        assert "两市地区生产总值" in archive.read("README.md").decode()
        assert archive.read("CITATION.cff")


def test_a_folder_without_figures_is_refused(tmp_path):
    (tmp_path / "other.json").write_text("[]")
    with pytest.raises(DataError, match="no figure saved by save_figure"):
        bundle_zip(tmp_path, tmp_path / "x.zip")


def test_a_kit_without_a_shipped_citation_names_the_package(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(kits, "root", lambda: tmp_path)
    with zipfile.ZipFile(bundle_zip(folder, tmp_path / "a.zip")) as archive:
        assert ln.__version__ in archive.read("CITATION.cff").decode()


def test_a_word_file_holds_the_pictures_at_their_size_with_captions(folder, tmp_path):
    docx = pytest.importorskip("docx", reason="python-docx is an extra")
    one = bundle_docx(folder, tmp_path / "a.docx", title="Circle")
    two = bundle_docx(folder, tmp_path / "b.docx", title="Circle")
    assert one.read_bytes() == two.read_bytes()
    document = docx.Document(str(one))
    assert [round(shape.width.mm) for shape in document.inline_shapes] == [85, 85]
    assert document.inline_shapes[0]._inline.docPr.get("descr") == CAPTION["en"]
    words = [p.text for p in document.paragraphs]
    assert words[0] == "Circle"
    assert CAPTION["en"] in words


def test_a_word_file_without_python_docx_names_the_remedy(folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(DataError, match=r"pip install 'lnregions\[docx\]'"):
        bundle_docx(folder, tmp_path / "a.docx")


def test_a_word_file_needs_the_png(tmp_path):
    pytest.importorskip("docx", reason="python-docx is an extra")
    save_figure(chart(), tmp_path / "x", formats=["svg"])
    with pytest.raises(DataError, match="format png"):
        bundle_docx(tmp_path, tmp_path / "a.docx")
