"""A browser becomes a device of the shop by the code on the owner's screen, and is none once it is taken off."""

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from pos.domain.draft import till_topic
from pos.services.claim import invite
from tests.browser.conftest import OpenTill
from tests.browser.people import LiveShop, Till
from tests.people import PASSWORD

# Milliseconds within which an open page has to change.
AT_ONCE = 5000


@pytest.fixture
def owner(live: LiveShop, open_till: OpenTill) -> Till:
    """The browser of somebody who has just claimed the shop."""
    owner = open_till(live)
    claim(owner, f"/claim/{invite(live.shop)}")
    return owner


def claim(owner: Till, path: str) -> None:
    """Become the owner by a link."""
    owner.open(path)
    owner.page.get_by_label("Name").fill("Marta")
    owner.page.get_by_label("Password").fill(PASSWORD)
    owner.page.get_by_role("button", name="This shop is mine").click()
    owner.page.wait_for_url("**/office")


def add_device(owner: Till, face: str, name: str) -> None:
    """Add a device, as far as the page with its code."""
    owner.open("/office/devices")
    owner.page.get_by_role("link", name="Add a device").click()
    owner.page.get_by_text(face, exact=True).click()
    owner.page.get_by_label("Name").fill(name)
    owner.page.get_by_role("button", name="Next").click()
    expect(owner.page.get_by_role("img", name="QR code of the link")).to_be_visible()


def offered(owner: Till, face: str, name: str) -> str:
    """Add a device, and read the code on the screen as a camera does."""
    add_device(owner, face, name)
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(owner.page.screenshot())).convert("RGB"))
    return code.text


def is_offered(device: Till, name: str) -> None:
    """Say yes to what a link or a code makes of this browser."""
    expect(device.page.get_by_role("heading", level=1)).to_have_text(name)
    device.page.get_by_role("button", name="Yes, use it").click()


def take_off(owner: Till, name: str) -> None:
    owner.open("/office/devices")
    owner.page.get_by_role("link", name=name).click()
    owner.page.get_by_role("button", name="Take this device off").click()
    owner.page.wait_for_url("**/office/devices")


def test_a_browser_is_paired_by_its_camera_and_taken_off_while_its_page_is_open(
    live: LiveShop, open_till: OpenTill, owner: Till
) -> None:
    device = open_till(live)
    device.may_fail("/")
    device.page.clock.install()
    for face, start in (("Till", "Charge"), ("Kiosk", "How much?"), ("Customer's display", "Welcome")):
        is_paired_and_taken_off(owner, device, face, start)


def is_paired_and_taken_off(owner: Till, device: Till, face: str, start: str) -> None:
    """A browser becomes a device whose page starts with this, and is none any more."""
    live = owner.live
    link = offered(owner, face, "Terrace")
    expect(owner.page.get_by_role("status")).to_have_text("This page waits for the device.")
    device.page.goto(link)
    is_offered(device, "Terrace")
    # The page with the code has waited for it, and says which device has come.
    expect(owner.page.get_by_role("status")).to_have_text("This device has come, and is ready.")
    expect(owner.page.get_by_role("heading", level=1)).to_have_text("Terrace")
    # A tablet that was started anew.
    device.open("/")
    expect(device.page.get_by_text(start).first).to_be_visible()
    device.page.wait_for_load_state("networkidle") if face == "Till" else device.page.wait_for_load_state()
    take_off(owner, "Terrace")
    # The line of a display looks by itself within this time; here it is told to.
    live.clock.move(AT_ONCE // 1000)
    live.shop.broker.publish(till_topic("till"))
    device.page.clock.fast_forward(AT_ONCE)
    expect(device.page.get_by_role("heading", level=1)).to_have_text("Ask the owner")
    device.open("/")
    expect(device.page.get_by_text("This device was taken off the shop.")).to_be_visible()


def test_without_a_script_the_page_with_the_code_waits_for_nothing_and_says_where_to_look(
    live: LiveShop, open_till: OpenTill
) -> None:
    owner, device = (open_till(live, java_script_enabled=False) for _ in range(2))
    claim(owner, f"/claim/{invite(live.shop)}")
    link = offered(owner, "Till", "Terrace")
    expect(owner.page.get_by_text("This page waits")).to_have_count(0)
    with owner.page.expect_popup() as opened:
        owner.page.get_by_role("link", name="Look whether it has come").click()
    beside = opened.value
    expect(beside.get_by_role("heading", level=1)).to_have_text("The device has not come yet")
    device.page.goto(link)
    is_offered(device, "Terrace")
    beside.reload()
    expect(beside.get_by_role("status")).to_have_text("This device has come, and is ready.")
