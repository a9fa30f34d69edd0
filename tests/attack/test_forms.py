"""The attack sends the forms of a page as a browser would."""

from attack.forms import forms_of

PAGE = """
<form action="/search/"><input name="q" value="x"></form>
<form method="POST" id="main" action="/there/">
  <input type="hidden" name="seen" value="3">
  <input name="name" value="Sam &amp; Vera"><input name="off" value="1" disabled>
  <textarea name="note">
One
two</textarea>
  <select name="how"><option value="a">A</option><option value="b">B</option></select>
  <select name="who"><option value="1">1</option><option value="2" selected>2</option></select>
  <select name="many" multiple><option value="1">1</option></select>
  <input type="checkbox" name="agree"><input type="checkbox" name="keep" value="yes" checked>
  <input type="file" name="f"><button name="go" value="1">Go</button>
  <input type="submit" name="again" value="2"><button type="button" name="js">No</button>
</form>
<input form="main" name="outside" value="o"><input name="lost" value="l">
"""


def test_what_is_sent_is_what_a_browser_sends_that_presses_the_first_button() -> None:
    search, form = forms_of(PAGE)
    assert (search.is_post, form.is_post, form.action) == (False, True, "/there/")
    assert form.sent() == [
        ("seen", "3"),
        ("name", "Sam & Vera"),
        ("note", "\nOne\ntwo"),
        ("how", "a"),
        ("who", "2"),
        ("keep", "yes"),
        ("outside", "o"),
        ("go", "1"),
    ]


def test_answers_stand_in_the_place_of_what_it_says() -> None:
    form = forms_of(PAGE)[1]
    sent = form.sent(name="Mallory", user="7")
    assert ("name", "Mallory") in sent
    assert ("user", "7") in sent
    assert ("name", "Sam & Vera") not in sent
    assert form.choices("many") == ["1"]
    assert form.choices("none") == []


def test_the_first_words_of_a_form_are_changed() -> None:
    form = forms_of(PAGE)[1]
    assert ("name", "was Sam & Vera") in form.changed("was ").sent()
    search = forms_of("<form><input name=q></form>")[0]
    assert search.changed("was ").sent() == [("q", "")]
