"""The forms that more than one face has: what a person may type, and the sentence for what they may not."""

import secrets

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField
from wtforms.validators import ValidationError

from pos.domain.charge import is_idempotency_key
from pos.domain.memo import MemoError, clean_memo
from pos.domain.sale import Sale
from pos.domain.sentence import Sentence
from pos.web.i18n import say


def new_key() -> str:
    """Return an idempotency key for a new page."""
    return secrets.token_urlsafe(16)


class TypedForm(FlaskForm):  # type: ignore[misc]
    """A form that a person typed into. Whatever else is sent to its address, JSON or a file, was not typed."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Flask-WTF would read JSON, too, and a file that is sent under a field's name is not a text."""

        def wrap_formdata(self, _form: FlaskForm, _formdata: object) -> object:
            return request.form or None


class SaleForm(TypedForm):
    """A sale with its idempotency key: every page gets a new one, and keeps it until the sale is made."""

    key = HiddenField()
    clean_memo: str = ""

    def validate_key(self, field: Field) -> None:
        field.data = field.data or new_key()
        if not is_idempotency_key(field.data):
            raise ValidationError(say(Sentence("This page is damaged. Load it again.")))

    @property
    def sale(self) -> Sale:
        """What was asked for, once the form is known to be valid. Each page says it."""
        raise NotImplementedError

    @property
    def sentence(self) -> str | None:
        """What is wrong, the first thing first."""
        return next((str(error) for errors in self.errors.values() for error in errors), None)

    def fresh(self) -> "SaleForm":
        """Give the form of a new page its key."""
        self.key.data = new_key()
        return self

    def _read_memo(self, text: str | None) -> None:
        try:
            self.clean_memo = clean_memo(text or "")
        except MemoError as error:
            raise ValidationError(say(error.sentence)) from error


class AgainForm(TypedForm):
    """One tap; only the CSRF token."""
