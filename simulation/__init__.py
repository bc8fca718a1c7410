"""The whole engine on a simulated world, every choice drawn from one seed, and a judge of what came of it.

``python -m simulation`` runs seeds until it is stopped; ``docs/proof.md`` tells what is simulated and what is not.
"""
