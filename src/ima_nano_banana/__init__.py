"""Make and edit pictures with Google's Nano Banana models through the IMA Open API."""

__version__ = "0.1.0"
