"""Tables as other programs write them, without the package's own readers."""

from pathlib import Path

HEAD = "area,indicator,year,value,unit,vintage,status,grade,source,note\n"
ROWS = (
    "210200,gdp,2024,9516.9,亿元,2025-01-20,preliminary,A,s047,\n"
    "210100,gdp,2023,8122.1,亿元,2024-04-11,preliminary,A,s047,as published\n"
    "210100,urbanisation_rate,2023,85.5,%,,unknown,B,s047,\n"
)
VALUES = [9516.9, 8122.1, 85.5]


def write_table(folder, text=None, *, name="observations.csv", encoding="utf-8") -> Path:
    """A small good table of figures, or the text or bytes given."""
    text = HEAD + ROWS if text is None else text
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path
