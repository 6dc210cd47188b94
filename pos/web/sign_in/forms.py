"""What an owner types to come in."""

from wtforms import HiddenField, PasswordField, StringField

from pos.web.forms import TypedForm


class SignInForm(TypedForm):
    """A name and a password. What is wrong with them is said by who reads them."""

    name = StringField()
    password = PasswordField()


class ClaimForm(SignInForm):
    """A name and a password for a new owner, or a new one for who was one."""


class CodeForm(TypedForm):
    """The code of the second factor, and what says that the password was right."""

    code = StringField()
    ticket = HiddenField()
