"""A receipt on its way to a printer that does not do as it should: a socket plays it, a real process prints."""

import os
import pty
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from pos.domain.printer import PrinterError, Trouble, parse_printer
from pos.printing.printer import PicturePrinter
from pos.printing.refund_slip import RefundSlip
from tests.printing.paper_roll import epson
from tests.printing.played import PlayedPrinter, played_printer
from tests.printing.receipts import receipt, slip
from tests.printing.test_refund_slip import REFUND

# Seconds: short where it is used up, and long where nothing is to be decided by it. A process that prints starts
# within it, too, which takes a busy machine one or two.
SHORT, LONG = 3.0, 20.0


@pytest.fixture
def played() -> Iterator[PlayedPrinter]:
    with played_printer() as printer:
        yield printer


def printer_at(address: str, folder: Path, patience: float = LONG) -> PicturePrinter:
    where = parse_printer(address)
    return PicturePrinter(where, slip(dots=where.dots), folder / "printer.lock", patience)


def print_at(address: str, folder: Path, patience: float = LONG) -> None:
    printer_at(address, folder, patience).print_receipt(receipt(), again=False)


def fails(address: str, folder: Path, patience: float = LONG) -> PrinterError:
    with pytest.raises(PrinterError) as caught:
        print_at(address, folder, patience)
    return caught.value


def is_whole(picture: Image.Image) -> bool:
    drawn = slip().draw(receipt(), again=False)
    return picture.tobytes() == drawn.tobytes()


def test_a_receipt_comes_out_whole_and_is_cut_off(played: PlayedPrinter, tmp_path: Path) -> None:
    print_at(played.address, tmp_path)
    (printed,) = played.receipts
    assert is_whole(printed)


def test_so_does_that_of_a_refund(played: PlayedPrinter, tmp_path: Path) -> None:
    printer_at(played.address, tmp_path).print_refund(receipt(), REFUND, again=True)
    (printed,) = played.receipts
    assert printed.tobytes() == RefundSlip(slip()).draw(receipt(), REFUND, again=True).tobytes()


def test_so_it_does_of_a_printer_that_answers_nothing(played: PlayedPrinter, tmp_path: Path) -> None:
    played.answers = False
    print_at(played.address, tmp_path)
    (printed,) = played.receipts
    assert is_whole(printed)


def test_so_it_does_of_a_slow_one(played: PlayedPrinter, tmp_path: Path) -> None:
    played.pause = 0.03
    began = time.monotonic()
    print_at(played.address, tmp_path)
    (printed,) = played.receipts
    assert is_whole(printed)
    assert time.monotonic() - began > 1


def test_and_of_a_narrow_one_and_one_of_star_s(tmp_path: Path) -> None:
    with played_printer(speaks_star=True) as star:
        print_at(f"{star.address}?kind=star", tmp_path)
    assert [is_whole(it) for it in star.receipts] == [True]
    with played_printer() as narrow:
        print_at(f"{narrow.address}?paper=58", tmp_path)
    assert [it.width for it in narrow.receipts] == [384]


def test_one_that_is_off_has_printed_nothing(played: PlayedPrinter, tmp_path: Path) -> None:
    played.turn_off()
    error = fails(played.address, tmp_path)
    assert (error.trouble, error.begun) == (Trouble.SILENT, False)
    assert "Connection refused" in str(error)


def test_one_whose_program_does_not_start_has_printed_nothing_and_may_in_a_moment(
    played: PlayedPrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "none"))
    error = fails(played.address, tmp_path)
    assert (error.trouble, error.begun) == (Trouble.SILENT, False)


def test_one_that_hangs_before_it_takes_anything_has_printed_nothing(tmp_path: Path) -> None:
    assert fails("file://" + str(pipe_that_nobody_reads(tmp_path)), tmp_path, SHORT).begun is False


def pipe_that_nobody_reads(folder: Path) -> Path:
    os.mkfifo(folder / "printer")
    return folder / "printer"


@pytest.mark.parametrize("answers", [True, False])
def test_one_that_hangs_up_in_the_middle_may_have_printed_some(
    played: PlayedPrinter, tmp_path: Path, answers: bool
) -> None:
    played.answers, played.closes_after = answers, 20_000
    error = fails(played.address, tmp_path)
    assert (error.trouble, error.begun) == (Trouble.STOPPED, True)
    assert played.receipts == []


@pytest.mark.parametrize("answers", [True, False])
def test_one_that_takes_nothing_any_more_is_given_up_and_may_have_printed_some(
    played: PlayedPrinter, tmp_path: Path, answers: bool
) -> None:
    played.answers, played.stalls_after = answers, 20_000
    error = fails(played.address, tmp_path, SHORT)
    assert (error.trouble, error.begun) == (Trouble.STOPPED, True)


def test_one_without_paper_says_so_before_anything_is_sent(played: PlayedPrinter, tmp_path: Path) -> None:
    played.has_paper = False
    error = fails(played.address, tmp_path)
    assert (error.trouble, error.begun) == (Trouble.PAPER, False)
    assert played.begun == []


def test_one_whose_paper_ends_in_the_middle_never_says_that_it_is_done(played: PlayedPrinter, tmp_path: Path) -> None:
    played.says_done = False

    def run_out() -> None:
        while not played.begun:
            time.sleep(0.01)
        played.has_paper = False

    Thread(target=run_out, daemon=True).start()
    error = fails(played.address, tmp_path, SHORT)
    assert (error.trouble, error.begun) == (Trouble.PAPER, True)


def test_one_that_does_not_know_the_question_whether_it_is_done_has_printed_unless_its_cover_is_open(
    played: PlayedPrinter, tmp_path: Path
) -> None:
    played.says_done = False
    print_at(played.address, tmp_path, SHORT / 2)
    assert [is_whole(it) for it in played.receipts] == [True]
    # Before it is sent anything it is asked, too.
    played.is_online = False
    error = fails(played.address, tmp_path, SHORT / 2)
    assert (error.trouble, error.begun) == (Trouble.SILENT, False)
    assert len(played.begun) == 1


def test_one_whose_cover_is_opened_in_the_middle_never_says_that_it_is_done(
    played: PlayedPrinter, tmp_path: Path
) -> None:
    played.says_done = False
    played.goes_offline = True
    error = fails(played.address, tmp_path, SHORT / 2)
    assert (error.trouble, error.begun) == (Trouble.STOPPED, True)


def test_two_tills_of_one_machine_print_one_after_the_other(played: PlayedPrinter, tmp_path: Path) -> None:
    played.pause = 0.005
    with ThreadPoolExecutor() as tills:
        for done in [tills.submit(print_at, played.address, tmp_path) for _ in range(2)]:
            done.result()
    assert [is_whole(it) for it in played.receipts] == [True, True]
    assert played.most_jobs == 1


def test_a_file_is_written_as_a_printer_of_an_operating_system_has_one(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    os.mkfifo(device)
    with ThreadPoolExecutor() as paper:
        printed = paper.submit(device.read_bytes)
        print_at(f"file://{device}", tmp_path)
    assert [is_whole(it) for it in epson(printed.result()).cut] == [True]


def test_an_unplugged_device_is_not_taken_for_a_file_that_swallows_receipts(tmp_path: Path) -> None:
    assert "No such file" in str(fails(f"file://{tmp_path / 'lp0'}", tmp_path))
    assert list(tmp_path.glob("lp0")) == []
    (tmp_path / "lp0").write_bytes(b"")
    error = fails(f"file://{tmp_path / 'lp0'}", tmp_path)
    assert (error.trouble, error.begun) == (Trouble.SILENT, False)
    assert "is a file, and no device" in str(error)


def test_a_serial_line_carries_it(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    name = os.ttyname(theirs)
    got = bytearray()

    def take() -> None:
        while len(got) < 10_000 or b"\x1dV" not in got[-20:]:
            got.extend(os.read(ours, 4096))

    taking = Thread(target=take, daemon=True)
    taking.start()
    print_at(f"serial://{name}?baud=115200", tmp_path)
    taking.join(60)
    assert [is_whole(it) for it in epson(bytes(got)).cut] == [True]


@pytest.mark.parametrize("address", ["serial:///dev/ttyNONE", "file:///dev/none/lp0", "usb://04b8:0202"])
def test_a_device_that_is_not_there_cannot_be_opened(tmp_path: Path, address: str) -> None:
    error = fails(address, tmp_path)
    assert (error.trouble, error.begun) == (Trouble.SILENT, False)
    assert "it cannot be opened" in str(error)


def test_the_doctor_s_question_prints_nothing(played: PlayedPrinter, tmp_path: Path) -> None:
    printer = printer_at(played.address, tmp_path)
    assert printer.check() == []
    assert played.begun == []
    played.has_paper = False
    with pytest.raises(PrinterError, match="out of paper"):
        printer.check()
    played.turn_off()
    with pytest.raises(PrinterError, match="Connection refused"):
        printer.check()
