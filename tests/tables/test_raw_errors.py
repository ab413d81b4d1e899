"""Whatever is given as a file or a name: it is read, or refused by a DataError that says what to do."""

import gzip
import io
import json

import matplotlib.pyplot as plt
import pytest

import lnregions as ln
from lnregions import DataError
from lnregions.paths import data_dir

pytestmark = pytest.mark.filterwarnings("ignore::lnregions.errors.InputWarning")
OBSERVATIONS = (data_dir() / "observations.csv").read_text("utf-8")
HEAD = OBSERVATIONS.splitlines()[0]


@pytest.mark.parametrize(
    "opened",
    [io.StringIO, lambda text: io.BytesIO(text.encode()), lambda text: io.BytesIO(text.encode("gb18030"))],
)
def test_an_open_file_is_read_as_a_file_on_disk_is(opened):
    assert len(ln.load_observations(path=opened(OBSERVATIONS))) == len(ln.load_observations())
    codebook = (data_dir() / "indicators.csv").read_text("utf-8")
    assert ln.load_indicators(path=opened(codebook)).equals(ln.load_indicators())


def test_an_open_file_is_read_each_time_and_its_faults_have_lines():
    for year in (2023, 2024):
        rows = ln.load_observations(path=io.StringIO(f"{HEAD}\n210100,gdp,{year},1,亿元,,final,A,s001,\n"))
        assert rows["year"].tolist() == [year]
    with pytest.raises(DataError, match="the open file line 2: year '2O24' is not a whole number"):
        ln.load_observations(path=io.StringIO(f"{HEAD}\n210100,gdp,2O24,1,亿元,,final,A,s001,\n"))
    with pytest.raises(DataError, match=r"the open file: .*Write the column names in the first line"):
        ln.load_sources(path=io.StringIO(""))


def closed():
    stream = io.StringIO(OBSERVATIONS)
    stream.close()
    return stream


class Numbers:
    def read(self, size):
        return size


UNREADABLE = {
    "a closed file": (closed, "ValueError: I/O operation on closed file"),
    "no gzip": (lambda: gzip.GzipFile(fileobj=io.BytesIO(b"none")), "BadGzipFile"),
    "a gzip that was cut": (lambda: gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(b"area")[:-9])), "EOFError"),
    "another encoding": (lambda: io.TextIOWrapper(io.BytesIO("亿元".encode("gbk")), "utf-8"), "UnicodeDecodeError"),
    "what gives numbers": (Numbers, "TypeError"),
}  # fmt: skip


@pytest.mark.parametrize("what", UNREADABLE)
def test_an_open_file_that_cannot_be_read_is_refused(what):
    build, words = UNREADABLE[what]
    with pytest.raises(
        DataError, match=f"the open file: it cannot be read .*{words}.* Give one that is open"
    ):
        ln.load_observations(path=build())


@pytest.mark.parametrize("load", [ln.load_observations, ln.load_bounds, ln.load_boundaries, ln.load_plan])
@pytest.mark.parametrize("given", [5, 2.5, ["a.csv"], {"path": "a.csv"}, object()])
def test_what_is_neither_path_nor_file_is_refused_by_its_kind(load, given):
    with pytest.raises(DataError, match=f"no path but a {type(given).__name__}"):
        load(path=given)


@pytest.mark.parametrize("load", [ln.load_observations, ln.load_boundaries, ln.load_plan])
def test_a_path_may_begin_with_a_tilde(tmp_path, monkeypatch, load):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    with pytest.raises(DataError, match=f"{tmp_path.as_posix()}/none.shp.* does not exist"):
        load(path="~/none.shp")


@pytest.mark.parametrize("load", [ln.load_boundaries, ln.load_plan])
def test_where_only_a_path_serves_an_open_file_is_refused(load):
    with pytest.raises(DataError, match=r"no path but a StringIO\. Give the path"):
        load(path=io.StringIO("x"))


@pytest.mark.parametrize("name", ["沈" * 100, "x" * 300, "a\0b", "\udc80" + "x" * 300, "file/deep/gdp"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path, name):
    (tmp_path / "file").write_text("x")
    fig, _ = plt.subplots(figsize=(2, 2))
    plt.close(fig)
    with pytest.raises(DataError, match=r"names no file|No file can be written as .* Choose a shorter or"):
        ln.save_figure(fig, f"{tmp_path}/{name}", formats=["svg"])
    with pytest.raises(DataError, match="No file can be written"):
        ln.evaluation("ln-2022").save(f"{tmp_path}/{name}.csv")
    with pytest.raises(DataError, match=r"does not exist|not a readable file|cannot be written"):
        ln.load_observations(path=f"{tmp_path}/{name}")


def echarts(**more):
    shape = {"type": "Polygon", "coordinates": ["@@ƦŁʒŠƫ"], "encodeOffsets": [[126289, 42617]]}
    feature = {"type": "Feature", "id": "210100", "properties": {"name": "x"}, "geometry": shape}
    return {"type": "FeatureCollection", "features": [feature], **more}


JSON = {
    "TopoJSON": ({"arcs": [], "type": "Topology"}, "the file is TopoJSON. Convert it"),
    "ECharts": (echarts(UTF8Encoding=True), "encoded as maps of ECharts are. Decode them"),
    "ECharts without a sign of it": (echarts(), "encoded as maps of ECharts are"),
    "Esri JSON": ({"geometryType": "esriGeometryPolygon", "features": []}, "is Esri JSON. Ask the service"),
    "one feature": ({"type": "Feature", "properties": {}, "geometry": None}, "no GeoJSON FeatureCollection"),
    "a list": ([1, 2], "no GeoJSON FeatureCollection"),
    "nothing": (None, "no GeoJSON FeatureCollection"),
}


@pytest.mark.parametrize("what", JSON)
def test_json_of_another_kind_is_called_what_it_is(tmp_path, what):
    content, words = JSON[what]
    (tmp_path / "areas.geojson").write_text(json.dumps(content), "utf-8")
    with pytest.raises(DataError, match=words):
        ln.load_boundaries(path=tmp_path / "areas.geojson")
