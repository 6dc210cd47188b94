"""The QR image, read back by two readers that know nothing of each other."""

from io import BytesIO

import pytest
import qrcode
import zxingcpp
from PIL import Image
from pyzbar.pyzbar import ZBarSymbol
from pyzbar.pyzbar import decode as zbar
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import QRData

from pos import qr
from pos.domain.lnurl import encode_lnurl
from tests.fakes import FakeClock, FakeWallet


def drawn(payment_request: str) -> Image.Image:
    return Image.open(BytesIO(qr.png(payment_request)))


def read_by_both(image: Image.Image) -> list[str]:
    grey = image.convert("L")
    return [zxingcpp.read_barcodes(grey)[0].text, zbar(grey, symbols=[ZBarSymbol.QRCODE])[0].data.decode()]


@pytest.mark.parametrize("memo", ["", "Coffee", "x" * 200, "☕" * 200])
def test_both_readers_read_the_payment_request(memo: str) -> None:
    payment_request = FakeWallet(FakeClock()).sign(2100, memo, 600).invoice.payment_request
    assert read_by_both(drawn(payment_request)) == [f"lightning:{payment_request.upper()}"] * 2


@pytest.mark.parametrize("length", range(150, 1200, 37))
def test_every_length_fits_and_is_read(length: int) -> None:
    payment_request = "lnbc1" + "q" * (length - 5)
    assert read_by_both(drawn(payment_request)) == [f"lightning:{payment_request.upper()}"] * 2


def test_the_image_is_small_black_on_white_and_has_its_own_border() -> None:
    payment_request = FakeWallet(FakeClock()).sign(2100, "Coffee", 600).invoice.payment_request
    image = drawn(payment_request)
    assert (image.mode, image.format) == ("1", "PNG")
    assert len(qr.png(payment_request)) < 1200
    assert image.width == image.height == qr.side(qr.png(payment_request))
    margin = qr.BORDER * qr.PIXELS
    assert all(image.getpixel((x, y)) == 255 for x in range(margin) for y in range(image.height))
    assert image.getpixel((margin, margin)) == 0


def test_the_code_is_as_dense_as_the_shortest_encoding_allows() -> None:
    payment_request = "lnbc1" + "q" * 354
    modules = qr.side(qr.png(payment_request)) // qr.PIXELS - 2 * qr.BORDER
    assert modules == 57


@pytest.mark.parametrize("host", ["https://till.example", "http://192.168.178.20:5000", "http://[2001:db8::1]:5000"])
def test_both_readers_read_an_address(host: str) -> None:
    address = f"{host}/pay/Ab3-_{'x' * 17}/receipt"
    image = Image.open(BytesIO(qr.of_address(address)))
    assert read_by_both(image) == [address] * 2
    assert image.mode == "1"


@pytest.mark.parametrize("name", ["tips", "cello-under-the-bridge"])
def test_a_code_for_paper_bears_as_much_loss_as_it_can_without_growing(name: str) -> None:
    lnurl = encode_lnurl(f"https://till.example.com/lnurlp/{name}").upper()
    modules = qr.modules_of(lnurl)
    corrections = [ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q, ERROR_CORRECT_H]
    sides = []
    for correction in corrections:
        code = qrcode.QRCode(error_correction=correction, border=0)
        code.add_data(QRData(lnurl.encode()), optimize=0)
        code.make(fit=True)
        sides.append(len(code.get_matrix()))
    assert len(modules) == sides[0]
    best = max(it for it, side in enumerate(sides) if side == sides[0])
    assert _correction_of(modules) == corrections[best]


def _correction_of(modules: tuple[tuple[bool, ...], ...]) -> int:
    """Read from a code how much loss it bears: the first two bits of its format, of which the mask is taken off."""
    first, second = (modules[8][it] for it in (0, 1))
    return {"01": ERROR_CORRECT_L, "00": ERROR_CORRECT_M, "11": ERROR_CORRECT_Q, "10": ERROR_CORRECT_H}[
        f"{int(first) ^ 1}{int(second)}"
    ]
