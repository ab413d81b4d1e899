"""How far Chinese web maps shift the places they show: GCJ-02 and, on top of it, Baidu's BD-09.

The formulas are the ones in public use since about 2013; they are not an official publication. They serve
here to recognise shifted files, not to convert them.
"""

import numpy as np


def gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Where Chinese web maps show a place of WGS 84 or CGCS2000, in degrees, by the published formula.

    Examples
    --------
    >>> [round(value, 4) for value in gcj02(123.4, 41.8)]
    [123.4061, 41.8024]
    """
    x, y = lon - 105.0, lat - 35.0
    wave = (20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(abs(x)) + wave
    north += (20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(abs(x)) + wave
    east += (20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    major, squared = 6378245.0, 0.00669342162296594323  # Krassowsky's ellipsoid: metres, eccentricity squared
    root = 1 - squared * np.sin(np.radians(lat)) ** 2
    metres_north = major * (1 - squared) / root**1.5
    metres_east = major / np.sqrt(root) * np.cos(np.radians(lat))
    return float(lon + np.degrees(east / metres_east)), float(lat + np.degrees(north / metres_north))


def bd09(lon: float, lat: float) -> tuple[float, float]:
    """Where Baidu's maps show a place of WGS 84 or CGCS2000, in degrees, by the published formula."""
    x, y = gcj02(lon, lat)
    turn = np.pi * 3000 / 180
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * turn)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * turn)
    return float(radius * np.cos(angle) + 0.0065), float(radius * np.sin(angle) + 0.006)
