"""Batches on many machines: rows and input pictures in PostgreSQL, jobs on Procrastinate, money in the ledger.

A job says no more than "run row X of batch Y". The ledger makes that idempotent, so a job that is delivered
twice joins the running task instead of paying again, and any worker may take over from one that died.
"""
