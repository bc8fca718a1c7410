"""The only room with sockets to IMA: pinned hosts, verified TLS, bounded answers, no redirects, no ``.netrc``."""

from ima_nano_banana.service.client import Service
from ima_nano_banana.service.pictures import FetchInfo

__all__ = ["FetchInfo", "Service"]
