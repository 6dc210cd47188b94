"""The settings of the printer: where it is, when it prints, and in which language."""

from pathlib import Path

import pytest

from pos.domain.printer import Cable, PrinterAddress
from pos.settings import SettingsError
from tests.settings.start import read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POS_PRINTER", "192.168.1.50"),
        ("POS_PRINTER", "http://192.168.1.50"),
        ("POS_PRINTER", "network://"),
        ("POS_PRINTER", "network://192.168.1.50:0"),
        ("POS_PRINTER", "network://192.168.1.50:99999"),
        ("POS_PRINTER", "network://192.168.1.50:port"),
        ("POS_PRINTER", "network://[fe80::1]"),
        ("POS_PRINTER", "network://user@192.168.1.50"),
        ("POS_PRINTER", "network://192.168.1.50/path"),
        ("POS_PRINTER", "usb://04b8"),
        ("POS_PRINTER", "usb://04b8:020g"),
        ("POS_PRINTER", "serial://ttyS0"),
        ("POS_PRINTER", "file://"),
        ("POS_PRINTER", "network://host?paper=57"),
        ("POS_PRINTER", "network://host?paper"),
        ("POS_PRINTER", "network://host?kind=citizen"),
        ("POS_PRINTER", "serial:///dev/ttyS0?baud=9601"),
        ("POS_PRINTER", "usb://04b8:0202?in=xyz"),
        ("POS_PRINTER", "network://host?drawer=1"),
        ("POS_PRINT", "always"),
        ("POS_LANGUAGE", "xx"),
    ],
)
def test_a_bad_setting_stops_the_start_with_its_name_the_problem_and_an_example(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} must .+ Example: {name}=.+$"):
        read(tmp_path, **{name: value})


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("network://192.168.1.50", PrinterAddress(Cable.NETWORK, "192.168.1.50", 9100)),
        ("network://printer.lan:9101/", PrinterAddress(Cable.NETWORK, "printer.lan", 9101)),
        ("network://p?paper=58&kind=star", PrinterAddress(Cable.NETWORK, "p", dots=384, star=True)),
        ("usb://04B8:0202", PrinterAddress(Cable.USB, "04b8:0202")),
        ("usb://04b8:0202?in=0x81&out=3", PrinterAddress(Cable.USB, "04b8:0202", reads=0x81, writes=3)),
        ("serial:///dev/ttyS0", PrinterAddress(Cable.SERIAL, "/dev/ttyS0")),
        ("serial:///dev/ttyUSB0?baud=115200", PrinterAddress(Cable.SERIAL, "/dev/ttyUSB0", baud=115200)),
        ("file:///dev/usb/lp0?paper=80", PrinterAddress(Cable.FILE, "/dev/usb/lp0", dots=576)),
    ],
)
def test_a_printer_is_named_by_its_cable(tmp_path: Path, value: str, address: PrinterAddress) -> None:
    assert read(tmp_path, POS_PRINTER=value).printer == address


def test_without_a_word_there_is_no_printer_and_one_that_is_there_prints_what_is_paid(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert (settings.printer, settings.print_when, settings.language) == (None, "paid", "en")
    settings = read(tmp_path, POS_PRINT="tap", POS_LANGUAGE="ar")
    assert (settings.print_when, settings.language) == ("tap", "ar")
