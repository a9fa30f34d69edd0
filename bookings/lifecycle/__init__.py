"""The only writer of `Booking`: every change of a booking happens here, under its therapist's lock.

`locking` says how to lock, `events` what is written with every change.
"""

from bookings.lifecycle.ask_again import ask_again
from bookings.lifecycle.ask_to_move import ask_to_move
from bookings.lifecycle.book import book, bookable
from bookings.lifecycle.book_dates import Judged, book_dates, dates_from, judge
from bookings.lifecycle.cancel import cancel
from bookings.lifecycle.events import lines_told_by
from bookings.lifecycle.hand_over import HandedOver, hand_over, lock_both, make_final
from bookings.lifecycle.joint_mail import tell_together
from bookings.lifecycle.locking import lock_diary, locked, refusing
from bookings.lifecycle.merge_clients import merge, state_of, undo_merge
from bookings.lifecycle.new_address import new_address, unconfirmed
from bookings.lifecycle.new_facts import keep_organizer, keep_place, new_facts, tell_new_facts
from bookings.lifecycle.prove import prove, vouch
from bookings.lifecycle.record_outcome import record
from bookings.lifecycle.release_repeats import cancel_repeats, keep_repeat, sweep_repeats
from bookings.lifecycle.remind import remind
from bookings.lifecycle.request import Person, Request
from bookings.lifecycle.reschedule import Change, require_open, reschedule
from bookings.lifecycle.send_details import send_details
from bookings.lifecycle.undo import decided_together, take_all_back, take_back, way_back
from bookings.lifecycle.waive_fee import waive_fee
from bookings.lifecycle.withdraw_question import withdraw_question

__all__ = [
    "Change",
    "HandedOver",
    "Judged",
    "Person",
    "Request",
    "ask_again",
    "ask_to_move",
    "book",
    "book_dates",
    "bookable",
    "cancel",
    "cancel_repeats",
    "dates_from",
    "decided_together",
    "hand_over",
    "judge",
    "keep_organizer",
    "keep_place",
    "keep_repeat",
    "lines_told_by",
    "lock_both",
    "lock_diary",
    "locked",
    "make_final",
    "merge",
    "new_address",
    "new_facts",
    "prove",
    "record",
    "refusing",
    "remind",
    "require_open",
    "reschedule",
    "send_details",
    "state_of",
    "sweep_repeats",
    "take_all_back",
    "take_back",
    "tell_new_facts",
    "tell_together",
    "unconfirmed",
    "undo_merge",
    "vouch",
    "waive_fee",
    "way_back",
    "withdraw_question",
]
