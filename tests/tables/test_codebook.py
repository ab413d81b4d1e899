"""The codebook: what it holds, and what is refused in a table of one's own."""

import pandas as pd
import pytest

import lnregions as ln
from lnregions import DataError
from lnregions.tables.codebook import units_and_decimals
from lnregions.tables.schemas import table_schema

LOADERS = ["areas", "indicators", "units", "sources", "breaks", "caveats", "bounds", "derived"]


def load(name, folder, row):
    path = folder / f"{name}.csv"
    header = ",".join(field["name"] for field in table_schema(name)["fields"])
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    return getattr(ln, f"load_{name}")(path=path)


@pytest.mark.parametrize("name", LOADERS)
def test_a_loaded_table_has_no_warning_and_is_the_readers_own_copy(name):
    frame = getattr(ln, f"load_{name}")()
    assert frame.attrs["warnings"] == []
    frame.iloc[:, 0] = "changed"
    assert "changed" not in set(getattr(ln, f"load_{name}")().iloc[:, 0])


def test_there_are_one_nation_one_province_14_cities_and_100_counties():
    areas = ln.load_areas()
    assert areas["level"].value_counts().to_dict() == {"county": 100, "city": 14, "province": 1, "nation": 1}
    counties = areas[areas["level"] == "county"]
    assert (counties["area"].str[:4] + "00" == counties["parent"]).all()


def test_units_and_decimals_are_those_of_the_tables():
    assert ln.load_units().set_index("unit").loc["亿元", "factor_en"] * 9516.9 == pytest.approx(951.69)
    assert units_and_decimals()["gdp"] == ("亿元", 1)


@pytest.mark.parametrize(
    ("table", "row", "message"),
    [
        ("areas", "210100,city,210009,沈阳市,Shenyang City,沈阳,Shenyang", "line 2: unknown area '210009'"),
        ("areas", "210100,town,210000,沈阳市,Shenyang City,沈阳,Shenyang", "unknown level 'town'"),
        ("areas", "21010,city,210000,沈阳市,Shenyang City,沈阳,Shenyang", "area '21010' is not written as it must"),
        ("breaks", "gdp,*,2019,2018,census,x,x,", "first_year 2018 is too small. Give 2020 or more"),
        ("breaks", "gdb,*,2018,2019,census,x,x,", "unknown indicator 'gdb'.*did you mean gdp"),
        ("breaks", "gdp,everywhere,2018,2019,census,x,x,", "unknown area 'everywhere'"),
        ("breaks", "gdp,*,2018,2019,census,x,x,s999", "unknown source 's999'"),
        ("units", "亩,亩,mu,-1", "factor_en -1.0 is too small. Give 0 or more"),
        ("sources", "x1,Title,,,official,2024-02-30,", "published '2024-02-30' is no day"),
        ("sources", "x1,Title,,,blog,,", "unknown kind 'blog'"),
        ("derived", "210100,gdp,2023,1,亿元,,unknown,A,s001,,x", "unknown grade 'A'"),
        ("derived", "210100,gdp,2023,1,亿元,,unknown,C,s999,,x", "unknown source 's999'"),
        ("caveats", "gdp,210100,2021 2022,sum,x,x,", "years '2021 2022' is not written as it must be"),
        ("caveats", "gdp,210100 219900,,sum,x,x,", "unknown area '219900'"),
        ("indicators", "x,x,x,furlong,x,x,up,level,sum,y,0,,", "(?s)unknown unit 'furlong'.*unknown weight 'y'"),
        ("indicators", "x,x,x,%,x,x,up,level,sum,,7,,", "decimals 7 is too large. Give 6 or less"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_its_line(tmp_path, table, row, message):
    with pytest.raises(DataError, match=message) as caught:
        load(table, tmp_path, row)
    assert f"{table}.csv line 2" in str(caught.value)


def test_a_changed_file_is_read_again(tmp_path):
    assert load("units", tmp_path, "亩,亩,mu,1")["unit"].tolist() == ["亩"]
    assert load("units", tmp_path, "公顷,公顷,hectare,1")["unit"].tolist() == ["公顷"]


def test_what_is_unusual_is_warned_of_once(tmp_path):
    ln.errors.forget_warnings()
    with pytest.warns(ln.InputWarning, match="1 empty rows were left out"):
        frame = load("units", tmp_path, "亩,亩,mu,1\n")
    assert isinstance(frame, pd.DataFrame)
    assert frame.attrs["warnings"] == [f"{(tmp_path / 'units.csv').as_posix()}: 1 empty rows were left out"]
