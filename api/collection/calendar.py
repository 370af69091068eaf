"""The calendar and the limits every collection studies by, until users can set their own."""

from api.study.days import StudyDays
from api.study.queue import DailyLimits

DAYS = StudyDays()
LIMITS = DailyLimits()
