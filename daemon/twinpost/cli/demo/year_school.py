"""The exchange of the second act: two schools, both calendars, and what they agreed on for a school year.

The year is always the same one, so that everybody sees the same mails on the same days.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from twinpost.cli.demo.people import ADMIN, KARI, MEERA, OFFICE, Schools

OSLO, DELHI = ZoneInfo("Europe/Oslo"), ZoneInfo("Asia/Kolkata")
PLACES = (("Oslo", OSLO), ("Delhi", DELHI))

AGREED_ON = datetime(2026, 8, 24, 10, tzinfo=OSLO)
"""When the exchange was applied."""

TITLE = "Oslo and Delhi write letters"

EXCHANGE = f"""\
exchange: oslo-delhi
title: {TITLE}
letters: 4

classes:
  - name: 7B Oslo
    aliases: [7B, Oslo]
    school: Fagerborg skole
    country: NO
    timezone: Europe/Oslo
    school_hours: 08:15-14:00
    teachers:
      - {{name: {KARI.name}, email: {KARI.address}}}
    calendar:
      - {{term: 2026-08-17..2027-06-18}}
      - {{closed: 2026-09-28..2026-10-02, name: Autumn holiday}}
      - {{closed: 2026-12-21..2027-01-01, name: Christmas}}
      - {{closed: 2027-02-22..2027-02-26, name: Winter holiday}}
      - {{closed: 2027-03-22..2027-03-29, name: Easter}}
      - {{closed: 2027-05-06, name: Ascension Day}}
      - {{closed: 2027-05-17, name: Constitution Day}}
  - name: 6A Delhi
    aliases: [6A, Delhi]
    school: Yamuna Vidyalaya
    country: IN
    city: Delhi
    timezone: Asia/Kolkata
    school_hours: 08:00-14:30
    teachers:
      - {{name: {MEERA.name}, email: {MEERA.address}}}
    calendar:
      - {{term: 2026-07-01..2027-05-14}}
      - {{closed: 2026-10-02, name: Gandhi Jayanti}}
      - {{closed: 2026-10-19..2026-10-21, name: Dussehra}}
      - {{closed: 2026-11-06..2026-11-11, name: Diwali}}
      - {{closed: 2026-12-25..2027-01-08, name: Winter holiday}}
      - {{closed: 2027-01-26, name: Republic Day}}
      - {{closed: 2027-03-22..2027-03-23, name: Holi}}

schedule:
  - {{letter: 1, from: 7B Oslo, to: 6A Delhi, due: 2026-09-24}}
  - {{letter: 1, from: 6A Delhi, to: 7B Oslo, due: 2026-11-04}}
  - {{letter: 2, from: 7B Oslo, to: 6A Delhi, due: 2026-11-26}}
  - {{letter: 2, from: 6A Delhi, to: 7B Oslo, due: 2027-01-20}}
  - {{letter: 3, from: 7B Oslo, to: 6A Delhi, due: 2027-02-18}}
  - {{letter: 3, from: 6A Delhi, to: 7B Oslo, due: 2027-03-09}}
  - {{letter: 4, from: 7B Oslo, to: 6A Delhi, due: 2027-04-08}}
  - {{letter: 4, from: 6A Delhi, to: 7B Oslo, due: 2027-04-27}}

sessions:
  - title: Meet the class
    start: 2027-02-04T09:00
    zone: Europe/Oslo
    minutes: 45
    link: https://meet.example/frogs-and-peacocks
"""

OSLO_AND_DELHI = Schools("oslo-delhi", EXCHANGE, (OFFICE, KARI, MEERA, ADMIN))
