"""What the demo practice says of itself: sample words, for a therapist who doesn't exist."""


def _passages(text: str) -> list[tuple[str, str]]:
    """Read passages with an empty line between: the first line of each is its heading."""
    parts = (block.partition("\n") for block in text.strip().split("\n\n"))
    return [(title, words) for title, _, words in parts]


INTRODUCTION = (
    "I’m Robin, a therapist in Fulham. We can meet in a quiet room, online, or side by side on a "
    "walk. You don’t need the right words to start."
)
REGISTRATION = "Diploma in integrative counselling (made up, as the number is)"
REGISTER = {
    "register": "BACP",
    "register_number": "000000",
    "register_url": "https://register.example/000000",
}
ABOUT = """\
I’m warm, plain-spoken and hard to shock. I won’t tell you what to do, and I won’t sit in silence \
waiting for you to begin.

I see a supervisor every month and go on training, so that somebody looks after how I look after \
you."""

HOME = {
    "headline": "A steady place to talk things through",
    "reassurance": "Nothing to pay, and no need to decide anything on the day.",
    "picture": "fulham",
    "for_whom": "Adults of any age and background, one to one. You don’t need a diagnosis, a "
    "crisis or a tidy reason. People come because:",
    "reasons": """\
Worry won’t switch off, or sleep won’t come.
Somebody or something is gone: a person, a job, a picture of how life would be.
The same argument keeps coming back, with others or inside.
From outside all is well. From inside it isn’t.
Looking after everybody else has used them up.
They can’t say what it is, only that something has to change.""",
    "in_person": "A quiet room in Fulham, SW6. Two chairs, a lamp, and no desk between us.",
    "online": "A private video link, anywhere in the UK. Headphones and a closed door help.",
    "walking": "Quiet paths in South West London, at your pace. Some things are easier to say when "
    "nobody is looking at you.",
    "approach": "I’m trained in three humanistic approaches and bring them together to suit you. "
    "That’s what “integrative” means. In plain words:",
    "fees_note": "If money is tight, say so when we first talk. I keep a few lower-cost places.",
    "invitation": "Fifteen minutes, free. Ask what you like, or just hear what my voice sounds "
    "like.",
}
STEPS = _passages(
    """
A free first talk
Fifteen minutes, in whichever way suits you. Ask me anything. You don’t have to tell your story \
yet.

Time to think
Sleep on it. If I’m not right for you, I’ll say so and suggest where else to look.

A first session
If it feels right, we choose a time and a way to meet. You never sign up for a number of sessions.
"""
)
APPROACHES = _passages(
    """
Person-Centred
You lead, at your pace. I listen closely, without judging, and try to see things as you see them. \
Being heard like that often helps people find their own way.

Gestalt
We notice what is happening now: in your words, in your body, in the thing you almost said. Now \
and then we try something out instead of talking about it.

Transactional Analysis
We look at the patterns between you and other people, and at which part of you is speaking: the \
parent, the adult or the child. Once a pattern is plain, you can choose.
"""
)
QUESTIONS = _passages(
    """
Is what I say private?
Yes, with a few limits that I’ll explain before we start: if you or somebody else is in serious \
danger, or if the law requires me to share something. I talk about my work with a supervisor, \
without using your name.

What happens in the first talk?
You tell me as much or as little as you like, and I answer your questions. At the end neither of \
us has to decide anything. There’s [more about it in the \
academy](/academy/what-happens-in-a-first-consultation/).

Do I need a diagnosis or a referral?
No. You can book for yourself, for any reason. “I’m not sure why” is a reason too.

How many sessions will I need?
It varies. Some people come for six, some for a year or more, most of them once a week. Every few \
weeks we ask whether it’s helping, and you can stop at any time.

What if it rains on a walk, or we meet somebody I know?
In light rain we walk. In heavy rain we switch to the room or online. Before we set off we agree \
what you’d like to do if you see somebody you know.

What if I need to change a time or cancel?
Use the link in your confirmation. It says there how long that’s free, as do [the fees](/fees/).

Can I come if I’m in crisis?
If you might hurt yourself or can’t keep yourself safe, please don’t wait for a time with me: call \
the numbers below, day or night. When that has passed, I’d be glad to meet you.
"""
)
HOW_TO_PAY = (
    "You pay by bank transfer after each session. My details are on the invoice I email you."
)
INSURERS = (
    "I’m not on any insurer’s list. If yours pays you back, ask them what they need from me: a "
    "receipt with my registration is no trouble."
)
RECEIPTS = (
    "You get an invoice by email after each session. It says “appointment”, and nothing else."
)
NOTICE = """\
This is an example for the demo practice. Replace it with your own before you take bookings.

## What I keep, and why

I keep your name, your email address and, if you give it, your phone number, so that I can arrange \
and hold our meeting. What you write under “What brings you here?”, and about what would make it \
easier for you, is encrypted, is never sent by email, and I’m the only person who reads it.

## For how long

If we don’t go on to work together, I delete your details after 90 days. I don’t share them, and \
there are no trackers on this site.

## What you can ask of me

- A copy of what I hold about you.
- That I correct it, or delete it.

If you’re not happy with how I look after it, you can complain to the \
[Information Commissioner’s Office](https://ico.org.uk/)."""
