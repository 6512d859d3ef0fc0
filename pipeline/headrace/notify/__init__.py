"""Tells people what became of a run: in the log, by webhook, e-mail and Slack, and by a function of the project's.

Standard library only.
"""

from headrace.notify.announce import announce
from headrace.notify.channel import Channel
from headrace.notify.configured import channel_of
from headrace.notify.log import LogChannel
from headrace.notify.notice import Event, Notice
from headrace.notify.webhook import WebhookChannel

__all__ = ["Channel", "Event", "LogChannel", "Notice", "WebhookChannel", "announce", "channel_of"]
