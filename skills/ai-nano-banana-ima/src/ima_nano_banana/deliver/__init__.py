"""Bringing the steps and the picture to a chat, through ``openclaw message send``.

A delivery is a courtesy beside the run: it never loses the picture, delays the flow, changes how the run ends
or says a thing twice.
"""
