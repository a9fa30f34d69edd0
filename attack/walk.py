"""Every address of admin, in each role, against another therapist's rows: asked and sent to.

What is sent are the victim's own forms, as they stand on their pages and with other words in them,
and the attackers' own forms with the victim's ids in the place of theirs.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import urljoin

from django.contrib import admin
from django.db.models import Model

from attack import clients, words
from attack.addresses import Address, of_admin
from attack.browser import Browser, Page
from attack.forms import Form, Pairs
from attack.practice import VICTIM, Practice
from attack.rows import Rows, foreign_keys
from attack.site import Site
from attack.staff import LOGIN_PATH, is_in
from chaos.aims import Aim, none_of
from staff.models import Role

NOBODY, NO_ROLE = "nobody", "no role"
# Who may read how clients are reached, and change any diary; nobody but the victim reads the rest.
TRUSTED = (Role.OWNER, Role.MANAGER)
STRANGERS = (NOBODY, NO_ROLE, Role.ASSISTANT, Role.THERAPIST)
MARK = "zqwas "
# What would make more of somebody than they are, if a form took it.
GREED = {"is_superuser": "on", "role": Role.OWNER}
PEOPLE = "/admin/people/"  # whom the owner alone appoints
OWNERS = ("_therapist_change", "_user_change", "_staffmember_change")
Browsers = dict[str, Browser]


@dataclass(frozen=True)
class Sent:
    """Something to send: where, what, and the name of it."""

    name: str
    path: str
    fields: Pairs


@dataclass
class Found:
    """What came of a walk, by role."""

    shown: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    asked: int = 0
    sent: int = 0


class Walk:
    """One walk; the browsers are signed in, but for nobody's."""

    def __init__(self, practice: Practice, browsers: Browsers, tokens: dict[str, str]) -> None:
        """Prepare to walk; `tokens` are those of private links that open something."""
        self._practice, self._browsers, self._tokens = practice, browsers, tokens
        self._rows = Rows(practice.therapist)
        self.addresses, self.unfilled = of_admin(self._rows)
        self.found = Found()
        self._own: list[Sent] = []

    def look(self) -> None:
        """Open every address in each role."""
        with ThreadPoolExecutor(len(self._browsers)) as pool:
            list(pool.map(self._look_as, self._browsers))

    def _look_as(self, role: str) -> None:
        shown = self.found.shown.setdefault(role, [])
        for one in self.addresses:
            page = self._browsers[role].get(one.path)
            if not page.location.startswith(LOGIN_PATH):
                page = self._browsers[role].follow(page)
            shown += [f"{one.name}: {kind}" for kind in self._told(role, page.text)]
            self.found.broken += [f"{role} {one.path}"] if page.status >= 500 else []
        self.found.asked += len(self.addresses)

    def _told(self, role: str, text: str) -> list[str]:
        """Return what a page told somebody that is none of their business."""
        kinds = {} if role == VICTIM else {**words.CONFIDED}
        kinds |= {} if role in (VICTIM, *TRUSTED) else words.CONTACT
        return words.told(text, {**kinds, **self._tokens})

    def send(self) -> None:
        """Send the victim's forms as everybody who may change nothing, and reach for their rows.

        So are the owner's, where the victim has no such page.
        """
        self._own = list(self._forms(VICTIM))
        theirs = {one.name for one in self._own}
        owners = [one for one in self._forms(Role.OWNER) if one.name not in theirs]
        for role in STRANGERS:
            reaching = self._reaching(role) if role in self._practice.people else ()
            self._send_as(role, chain(self._own, owners, reaching))
        self._send_as(Role.OWNER, self._greedy(Role.OWNER))
        people = (one for one in owners if one.path.startswith(PEOPLE))
        self._send_as(Role.MANAGER, chain(people, self._greedy(Role.MANAGER)))

    def control(self) -> tuple[list[str], list[str]]:
        """Return what the victim sees of these words, and what they change, by the same means."""
        seen = {
            kind
            for one in self.addresses
            for kind in words.told(
                self._browsers[VICTIM].get(one.path).text, words.CONFIDED | words.CONTACT
            )
        }
        changed = Found()
        self._send_as(VICTIM, sorted(self._own, key=_how_final), changed)
        return sorted(seen), changed.changed[VICTIM]

    def _send_as(self, role: str, tries: Iterable[Sent], found: Found | None = None) -> None:
        found = found or self.found
        changed, shown = found.changed.setdefault(role, []), found.shown.setdefault(role, [])
        browser, before = self._browsers[role], self._rows.stored()
        for one in tries:
            page = browser.follow(browser.post(one.path, one.fields))
            after = self._rows.stored()
            what = sorted({model for model, _ in before ^ after})
            changed += [f"{one.name} ({', '.join(what)})"] if what else []
            shown += [f"{one.name}: {kind}" for kind in self._told(role, page.text)]
            found.broken += [f"{role} {one.name} {one.path}"] if page.status >= 500 else []
            found.sent += 1
            before = after

    def _forms(self, role: str) -> Iterator[Sent]:
        """Yield what the forms would send that a role is shown, with other words."""
        browser = self._browsers[role]
        for one in self.addresses:
            page = browser.get(one.path)
            for form in page.forms if page.status == 200 and "?" not in one.path else ():
                if form.is_post:
                    path = urljoin(one.path, form.action or one.path)
                    yield from _variants(one, path, form)

    def _reaching(self, role: str) -> Iterator[Sent]:
        """Yield what the role's own forms would send with the victim's ids in them."""
        own = Rows(self._practice.rival.therapist)
        browser = self._browsers[role]
        for model in admin.site._registry:
            meta = model._meta
            base = f"/admin/{meta.app_label}/{meta.model_name}/"
            for path in (f"{base}add/", *(f"{base}{pk}/change/" for pk in own.of(model)[:1])):
                for form in _long(browser.get(path)):
                    yield from self._swapped(model, path, form)
        yield from self._greedy(role)

    def _swapped(self, model: type[Model], path: str, form: Form) -> Iterator[Sent]:
        """Yield a form with each foreign key turned to the victim, one by one and all at once."""
        foreign = {
            key.name: str(self._rows.of(pointed)[-1]) for key, pointed in foreign_keys(model)
        }
        inline = {
            one.name: str(self._practice.victim.session.pk)
            for one in form.fields
            if one.name.endswith(("-service", "-therapist", "-id")) and "__prefix__" not in one.name
        }
        for given in (*({name: pk} for name, pk in foreign.items()), foreign, inline):
            if given:
                yield Sent(f"{path} with {', '.join(given)}", path, form.sent(**given))

    def _greedy(self, role: str) -> Iterator[Sent]:
        """Yield forms that ask for more than the role has: another's diary, all rights."""
        me, browser = self._practice.people[role], self._browsers[role]
        grabbed = {**GREED, "assistants": str(me.pk), "user": str(me.pk)}
        own = [Address("admin:auth_user_change", f"/admin/auth/user/{me.pk}/change/")]
        for one in (*own, *self.addresses):
            if not one.name.endswith(OWNERS):
                continue
            forms = _long(browser.get(one.path))
            for name, value in grabbed.items():
                sent = forms[0].sent(**{name: value}) if forms else [(name, value)]
                yield Sent(f"{one.name} with {name}", one.path, sent)


def _long(page: Page) -> list[Form]:
    """Return the forms of a page that change a row: those with more than a button or a word."""
    forms = page.forms if page.status == 200 else []
    return [form for form in forms if form.is_post and len(form.fields) > 2]


def _variants(one: Address, path: str, form: Form) -> Iterator[Sent]:
    """Yield a form as it stands, with other words, and each of its actions on all rows."""
    actions = [action for action in form.choices("action") if action]
    chosen = [("_selected_action", pk) for pk in form.choices("_selected_action")]
    for action in actions:
        fields = [("action", action), *chosen, ("post", "yes"), ("index", "0")]
        yield Sent(f"{one.name} {action}", path, fields)
    if not actions and "logout" not in path and "password" not in one.name:
        yield Sent(one.name, path, form.changed(MARK).sent())


def _how_final(one: Sent) -> int:
    """What takes rows away comes last."""
    return sum(word in f"{one.name} {one.path}" for word in ("delete", "cancel", "leav", "end"))


def aims(site: Site, practice: Practice, browsers: Browsers) -> list[Aim]:
    """Walk; return the aims."""
    walk = Walk(practice, {NOBODY: Browser(site), **browsers}, clients.tokens(site))
    walk.look()
    walk.send()
    out = [role for role, browser in browsers.items() if not is_in(browser)]
    seen, changed = walk.control()
    signed_in = none_of("people signed out meanwhile", out, f"{len(browsers)}")
    return [signed_in, *_told(walk, seen, changed)]


def _told(walk: Walk, seen: list[str], changed: list[str]) -> Iterator[Aim]:
    found = walk.found
    asked, sent = f"{found.asked:,} pages", f"{found.sent:,} forms"
    yield none_of(
        "addresses of admin that cannot be asked", walk.unfilled, f"{len(walk.addresses)}"
    )
    for role, what in found.shown.items():
        yield none_of(f"words shown to {role}", sorted({*what}), asked)
    for role, what in found.changed.items():
        yield none_of(f"rows changed by {role}", sorted({*what}), sent)
    yield none_of("errors of the site's meanwhile", found.broken, f"{asked}, {sent}")
    kinds = {*words.CONTACT, *words.CONFIDED} - {"a draft"}
    yield "the victim sees all of them", f"{len(seen)}: {', '.join(seen)}", kinds <= {*seen}
    yield "the victim's own forms change rows", f"{len(changed)} did", len(changed) >= 10
