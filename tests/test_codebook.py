import pandas as pd
import pytest

from lnregions.errors import DataError
from lnregions.tables import codebook

LOADERS = ["areas", "indicators", "units", "sources", "breaks", "caveats", "left_out"]


@pytest.mark.parametrize("name", LOADERS)
def test_every_table_loads_without_anything_untidy(name):
    frame = getattr(codebook, f"load_{name}")()
    assert isinstance(frame, pd.DataFrame)
    assert frame.attrs["tidied"] == []


def test_a_loaded_table_is_the_readers_own_copy():
    frame = codebook.load_areas()
    frame.loc[0, "name_en"] = "changed"
    assert codebook.load_areas().loc[0, "name_en"] != "changed"


def test_there_are_one_nation_one_province_14_cities_and_100_counties():
    areas = codebook.load_areas()
    assert areas["level"].value_counts().to_dict() == {"county": 100, "city": 14, "province": 1, "nation": 1}
    counties = areas[areas["level"] == "county"]
    assert (counties["area"].str[:4] + "00" == counties["parent"]).all()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("210422", "Xinbin Manchu Autonomous County"),
        ("211324", "Harqin Left Wing Mongol Autonomous County"),
        ("210921", "Fuxin Mongol Autonomous County"),
        ("210212", "Lüshunkou District"),
        ("210321", "Tai'an County"),
        ("210804", "Bayuquan District"),
        ("211005", "Gongchangling District"),
        ("210727", "Yi County"),
        ("211281", "Diaobingshan City"),
        ("210113", "Shenbei New District"),
    ],
)
def test_english_names_follow_the_chinese_reading(code, name):
    assert codebook.find_area(code)["name_en"] == name


@pytest.mark.parametrize(
    "given", ["210100", 210100, "沈阳", "沈阳市", "Shenyang", "shenyang city", "２１０１００"]
)
def test_an_area_is_found_by_code_or_any_of_its_names(given):
    assert codebook.find_area(given)["area"] == "210100"


def test_an_unknown_area_is_refused_with_the_likeliest():
    with pytest.raises(DataError, match=r"Unknown area 'Shenyan'.*did you mean Shenyang\?"):
        codebook.find_area("Shenyan")
    with pytest.raises(DataError, match=r"Unknown area '219900'"):
        codebook.find_area("219900")


def test_a_name_of_two_counties_is_refused_with_their_codes():
    with pytest.raises(DataError, match="210106, 210303"):
        codebook.find_area("铁西区")


def test_a_name_of_a_city_and_a_county_means_the_city():
    areas = codebook.load_areas()
    areas.loc[areas["area"] == "211321", "short_en"] = "Chaoyang"
    assert codebook.find_area("Chaoyang", areas=areas)["area"] == "211300"


def test_a_unit_of_english_text_is_a_factor_of_the_tables_unit():
    units = codebook.load_units().set_index("unit")
    assert units.loc["亿元", "factor_en"] * 9516.9 == pytest.approx(951.69)


def test_regions_of_all_plans_are_known():
    assert {"circle", "belt", "west", "east"} <= set(codebook.region_codes())


HEADS = {
    "areas": "area,level,parent,name_zh,name_en,short_zh,short_en",
    "breaks": "indicator,area,last_year,first_year,kind,reason_zh,reason_en,source",
    "units": "unit,label_zh,label_en,factor_en",
}
BAD_ROWS = [
    ("areas", "210100,city,210009,沈阳市,Shenyang City,沈阳,Shenyang", r"line 2: unknown area '210009'"),
    ("areas", "210100,town,210000,沈阳市,Shenyang City,沈阳,Shenyang", r"unknown level 'town'"),
    (
        "areas",
        "21010,city,210000,沈阳市,Shenyang City,沈阳,Shenyang",
        r"area '21010' is not written as it must",
    ),
    ("breaks", "gdp,*,2019,2018,census,x,x,", r"first_year 2018 is too small. Give 2020 or more"),
    ("breaks", "gdb,*,2018,2019,census,x,x,", r"unknown indicator 'gdb'.*did you mean gdp"),
    ("breaks", "gdp,everywhere,2018,2019,census,x,x,", r"unknown area 'everywhere'"),
    ("units", "亩,亩,mu,-1", r"factor_en -1.0 is too small. Give 0 or more"),
]


@pytest.mark.parametrize(("table", "row", "message"), BAD_ROWS)
def test_a_bad_row_is_refused_with_its_line(tmp_path, table, row, message):
    path = tmp_path / f"{table}.csv"
    path.write_text(f"{HEADS[table]}\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match=message):
        getattr(codebook, f"load_{table}")(path=path)


def test_a_missing_table_is_refused_by_name(tmp_path):
    with pytest.raises(DataError, match=r"areas\.csv: the file does not exist"):
        codebook.load_areas(path=tmp_path / "areas.csv")


def test_a_changed_file_is_read_again(tmp_path):
    path = tmp_path / "units.csv"
    path.write_text(f"{HEADS['units']}\n亩,亩,mu,1\n", encoding="utf-8")
    assert codebook.load_units(path=path)["unit"].tolist() == ["亩"]
    path.write_text(f"{HEADS['units']}\n公顷,公顷,hectare,1\n", encoding="utf-8")
    assert codebook.load_units(path=path)["unit"].tolist() == ["公顷"]
