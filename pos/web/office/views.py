"""The first page of the office: is all right, what did the shop take today, and where is what?"""

from typing import cast

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pos.domain.report import own_first
from pos.domain.sentence import Sentence
from pos.services.at_a_glance import at_a_glance
from pos.services.doctor import Finding, Verdict
from pos.services.last_look import LastLook
from pos.services.readiness import Readiness
from pos.web.context import current_shop
from pos.web.headers import keep_out_of_search
from pos.web.i18n import say
from pos.web.office.part_words import called
from pos.web.office.who import owner_who_asks
from pos.web.times import write_times

bp = Blueprint("office", __name__, url_prefix="/office")
bp.after_request(keep_out_of_search)

# Where everything is: the page, its icon, what it is called and what it is for.
PLACES = (
    ("sales.index", "list", Sentence("Sales"), Sentence("what was sold, sums, tax, a file to take along")),
    ("shifts.index", "receipt", Sentence("Shifts"), Sentence("closed at night, with a report that stays")),
    ("refund.index", "return", Sentence("Refunds"), Sentence("money that goes back")),
    ("devices.index", "tablet", Sentence("Devices"), Sentence("tills, kiosks and displays: add one, take one off")),
    ("staff.index", "people", Sentence("Staff"), Sentence("who sells, with a PIN")),
    ("office_jars.index", "jar", Sentence("Tip jars"), Sentence("what each holds, its page and its poster")),
    ("office_settings.index", "sliders", Sentence("Settings"), Sentence("shop, money, tax, words")),
    ("history.index", "clock", Sentence("What was changed"), Sentence("by whom, and when")),
    ("owners.show", "key", Sentence("Owners"), Sentence("one more, one less")),
    ("account.show", "person", Sentence("Your account"), Sentence("password, phone, where you are signed in")),
    ("till.new", "wallet", Sentence("Till"), Sentence("sell something")),
)


@bp.get("")
def home() -> ResponseReturnValue:
    """Show what is known of all parts, without asking anybody, and where everything of the shop is."""
    last, readiness = _last_look(), cast(Readiness, current_app.extensions["readiness"])
    look = last.known
    worst = Verdict.BAD if readiness.is_known_to_fail() else look.verdict if look else None
    shop = current_shop()
    glance = at_a_glance(shop)
    if worst is Verdict.GOOD and not glance.is_quiet:
        worst = Verdict.WARNING
    found = [(called(it.part), it.verdict, *_said(it)) for it in look.findings] if look else []
    places = [
        (page, url_for(page), icon, say(name), say(what))
        for page, icon, name, what in PLACES
        if page in current_app.view_functions
    ]
    return render_template(
        "office/home.html",
        owner=owner_who_asks(),
        look=look,
        verdict=worst.name.lower() if worst else None,
        troubles=[it for it in found if it[1] is not Verdict.GOOD],
        in_order=[it for it in found if it[1] is Verdict.GOOD],
        places=places,
        glance=glance,
        taken=own_first(glance.today, shop.settings.currency),
        shifts=[(it, write_times(shop, it.since)[0]) for it in glance.shifts],
        is_due=last.is_due and "looked" not in request.args,
    )


@bp.post("/look")
def look() -> ResponseReturnValue:
    """Have the doctor look at everything, which asks the wallet and the sources of the rate."""
    _last_look().again()
    return redirect(url_for("office.home", looked="now"), 303)


def _said(finding: Finding) -> tuple[str, str]:
    """Return what is found in the reader's language, and what of it is English for everybody."""
    if isinstance(finding.words, Sentence):
        return say(finding.words), finding.told
    return "", finding.sentence


def _last_look() -> LastLook:
    return cast(LastLook, current_app.extensions["last_look"])
