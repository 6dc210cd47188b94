"""How PHP reads the names of a form's fields (php.net, "Variables From External Sources", and parse_str)."""

import pytest

from pos.sandbox.php_form import read_form


@pytest.mark.parametrize(
    ("form", "read"),
    [
        ([("a", "1"), ("a", "2")], {"a": "2"}),
        ([("a[b]", "1"), ("a[c]", "2")], {"a": {"b": "1", "c": "2"}}),
        ([("a[b]", "1"), ("a[b]", "2")], {"a": {"b": "2"}}),
        ([("a[b][c][d]", "1")], {"a": {"b": {"c": {"d": "1"}}}}),
        ([("a[]", "1"), ("a[]", "2")], {"a": {"0": "1", "1": "2"}}),
        ([("a[7]", "1"), ("a[]", "2"), ("a[x]", "3"), ("a[]", "4")], {"a": {"7": "1", "8": "2", "x": "3", "9": "4"}}),
        ([("a[007]", "1"), ("a[]", "2")], {"a": {"007": "1", "0": "2"}}),
        ([("a[][b]", "1"), ("a[][b]", "2")], {"a": {"0": {"b": "1"}, "1": {"b": "2"}}}),
        ([("a", "1"), ("a[b]", "2")], {"a": {"b": "2"}}),
        ([("a[b]", "1"), ("a", "2")], {"a": "2"}),
        ([("a b.c", "1"), ("a.b[c.d e]", "2")], {"a_b_c": "1", "a_b": {"c.d e": "2"}}),
        ([("  a", "1")], {"a": "1"}),
        ([("a[b", "1"), ("a[", "2")], {"a_b": "1", "a_": "2"}),
        ([("a[b]c[d]", "1")], {"a": {"b": "1"}}),
        ([("a[b][c", "1")], {"a": {"b": "1"}}),
        ([("a[b]]", "1")], {"a": {"b": "1"}}),
        ([("[a]", "1"), ("", "2"), (" ", "3")], {}),
        ([("a[b\nc]", "1")], {"a": {"b\nc": "1"}}),
        ([("a]b", "1")], {"a]b": "1"}),
    ],
)
def test_brackets_nest_and_the_last_counts(form: list[tuple[str, str]], read: dict[str, object]) -> None:
    assert read_form(form) == read


def test_what_is_too_deep_is_left_out() -> None:
    assert read_form([("a" + "[b]" * 64, "1"), ("c", "2")]) == {"c": "2"}
    assert "a" in read_form([("a" + "[b]" * 63, "1")])


def test_of_a_thousand_fields_no_more_are_read() -> None:
    assert len(read_form([(f"a{number}", "") for number in range(5000)])) == 1000
