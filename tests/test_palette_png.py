"""PNG with a palette."""

import io

import numpy as np
import pytest
from PIL import Image

from lnregions.style.palette_png import _nearest, encode_png, indexed


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


def noise(seed, side):
    return np.random.default_rng(seed).integers(0, 256, (side, side + 1, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    "pixels",
    [
        pytest.param(noise(0, 300), id="photograph"),
        pytest.param(np.kron(noise(1, 40), np.ones((10, 10, 1), np.uint8)), id="fills of many colours"),
    ],
)
def test_what_256_colours_cannot_show_keeps_its_true_colours(pixels):
    assert indexed(pixels) is None
    file = encode_png(pixels, dpi=300, compression=4, metadata={"Title": "沈阳"})
    image = Image.open(io.BytesIO(file))
    assert (np.asarray(image) == pixels).all()
    assert (image.mode, image.info["Title"]) == ("RGB", "沈阳")


def test_a_smooth_shade_takes_little_room():
    down, right = np.mgrid[:400, :300]
    shade = np.stack([right // 2, down // 2, (down + right) // 4], axis=-1).astype(np.uint8)
    assert len(encode_png(shade, dpi=300, compression=4, metadata={})) < shade.size / 50


def test_each_rare_colour_takes_the_nearest_of_the_palette():
    _, palette = indexed(drawing())
    rare = np.random.default_rng(0).integers(0, 256, (1000, 3), dtype=np.uint8)
    near, off = _nearest(rare, palette)
    difference = rare[:, None].astype(int) - palette[None]
    assert (near == (difference**2).sum(axis=2).argmin(axis=1)).all()
    assert (off == np.abs(difference[np.arange(1000), near]).max(axis=1)).all()


def test_every_part_of_the_file_has_its_sum():
    Image.open(io.BytesIO(encode_png(drawing(), dpi=300, compression=4, metadata={"Title": "x"}))).verify()


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
