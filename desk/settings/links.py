"""What stands on the two pages of links: everything that is no part of the daily work."""

from desk.page_links import PageLink

Groups = tuple[tuple[str, tuple[PageLink, ...]], ...]

HOURS: Groups = (
    (
        "When you work",
        (
            PageLink(
                "Weekly hours",
                "The hours of your week in which clients can book, and how you meet in them.",
                "availability.therapist",
            ),
            PageLink(
                "Dates that differ",
                "One day with hours of its own, instead of its usual ones.",
                "availability.differenthours",
            ),
            PageLink(
                "Bank holidays I work",
                "Bank holidays are off. Name here those on which you work all the same.",
                "availability.workedholiday",
            ),
        ),
    ),
    (
        "When you don’t",
        (
            PageLink(
                "Time off",
                "Holidays, training, an hour at the dentist’s: nothing is offered then.",
                "availability.timeoff",
            ),
            PageLink(
                "Gaps between meetings",
                "How long you need between two meetings, by how you meet.",
                "availability.gap",
            ),
        ),
    ),
    (
        "What clients see",
        (
            PageLink(
                "Why is a time not offered?",
                "One day drawn, and each start with what speaks against it.",
                "bookings.booking",
                "why_not",
            ),
        ),
    ),
)

SETTINGS: Groups = (
    (
        "What you offer",
        (
            PageLink(
                "Services and fees",
                "What can be booked, for how long and at what price.",
                "availability.service",
            ),
            PageLink(
                "Places",
                "Your rooms, your video link, and where a walk begins.",
                "availability.place",
            ),
        ),
    ),
    (
        "Email",
        (
            PageLink(
                "How each email reads",
                "Every email that clients and you are sent, as it looks.",
                "outbox.outgoingmail",
                "mail_samples",
            ),
            PageLink(
                "Follow-up emails",
                "What somebody is sent after a consultation, by how it ended.",
                "bookings.followup",
                "follow_ups",
            ),
        ),
    ),
    (
        "Practice",
        (
            PageLink(
                "Practice",
                "Its name and how people reach it, on every page and in every email.",
                "availability.practice",
            ),
            PageLink(
                "Privacy notices",
                "What clients agree to when they book, in each of its versions.",
                "clients.privacynotice",
            ),
        ),
    ),
    (
        "Website",
        (
            PageLink("Home page", "The words on the front of the site.", "welcome.frontpage"),
            PageLink("Articles", "What you write for the academy.", "academy.article"),
            PageLink("Topics", "What the articles are sorted by.", "academy.topic"),
            PageLink(
                "Accessibility statement",
                "For whom the site may still be hard to use.",
                "welcome.accessibilitystatement",
            ),
        ),
    ),
    (
        "Who may come in",
        (
            PageLink(
                "People",
                "Who works here, in which role, and who is invited.",
                "staff.securityevent",
                "people",
            ),
            PageLink(
                "Security events",
                "Who signed in, from where, and what was changed.",
                "staff.securityevent",
            ),
        ),
    ),
)
