"""The studio: a page in the browser over the same engine and the same books.

A door like the others: it reads what was asked, calls one function and shows what it hears. Whatever it knows is in
the books; its server can be stopped at any moment and loses nothing.
"""
