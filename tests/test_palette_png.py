"""PNG with a palette."""

import io

import numpy as np
import pytest
from PIL import Image

from lnregions._palette_png import encode_png, indexed


def drawing(colours=300):
    """A white sheet with a few large fills and a line of rare, similar mixtures."""
    sheet = np.full((400, 400, 3), 255, dtype=np.uint8)
    sheet[:100] = (22, 50, 92)
    sheet[100:200] = (185, 74, 18)
    for k in range(colours):
        sheet[300, k] = (200 + k % 50, 200 + k // 50, 200)
    return sheet


def test_the_common_colours_are_kept_exactly():
    index, palette = indexed(drawing())
    back = palette[index]
    assert len(palette) == 256
    assert (back[:250] == drawing()[:250]).all()
    assert np.abs(back.astype(int) - drawing()).max() <= 50


def test_few_colours_come_back_unchanged():
    index, palette = indexed(drawing(100))
    assert (palette[index] == drawing(100)).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_a_photograph_keeps_its_true_colours(seed):
    noise = np.random.default_rng(seed).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    assert indexed(noise) is None
    file = encode_png(noise, dpi=300, compression=4, metadata={})
    assert (np.asarray(Image.open(io.BytesIO(file))) == noise).all()


def test_the_file_says_its_resolution_and_title_and_is_the_same_every_time():
    files = [encode_png(drawing(), dpi=300, compression=4, metadata={"Title": "沈阳"}) for _ in range(2)]
    image = Image.open(io.BytesIO(files[0]))
    assert files[0] == files[1]
    assert image.mode == "P"
    assert image.info["Title"] == "沈阳"
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_a_fourth_channel_is_left_out():
    opaque = np.concatenate([drawing(), np.full((400, 400, 1), 255, np.uint8)], axis=-1)
    faint = np.concatenate([drawing(), np.full((400, 400, 1), 7, np.uint8)], axis=-1)
    for pixels in (opaque, faint):
        assert (indexed(pixels)[0] == indexed(drawing())[0]).all()
        assert encode_png(pixels, dpi=300, compression=4, metadata={}) == encode_png(
            drawing(), dpi=300, compression=4, metadata={}
        )
