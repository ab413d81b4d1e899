"""What a page with an interactive map carries along: Leaflet, our script and style, and data nothing breaks out of."""

import json
import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

_HERE = Path(__file__).parents[1]


def script_json(content: object) -> Markup:
    r"""JSON that is safe inside a ``script`` element: no tag, comment or line separator survives in it.

    Examples
    --------
    >>> print(script_json({"name": "</script><!--"}))
    {"name":"\u003c/script\u003e\u003c!--"}
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


@cache
def map_script() -> str:
    """Leaflet with its licence, and the script that draws a map with it; neither asks for any other file."""
    leaflet = (_HERE / "vendor" / "leaflet" / "leaflet.js").read_text("utf-8")
    licence = (_HERE / "vendor" / "leaflet" / "LICENSE").read_text("utf-8")
    leaflet = re.sub(r"\n//# sourceMappingURL=.*", "", leaflet)
    return f"/* {licence.strip()} */\n{leaflet}\n" + (_HERE / "templates" / "map" / "web_map.js").read_text(
        "utf-8"
    )


@cache
def map_style() -> str:
    """Leaflet's style without its pictures (markers and layer icons, which no map here uses), and ours."""
    style = (_HERE / "vendor" / "leaflet" / "leaflet.css").read_text("utf-8")
    style = re.sub(r"url\([^)]*\)", "none", style)
    return style + (_HERE / "templates" / "map" / "web_map.css").read_text("utf-8")
