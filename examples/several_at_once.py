"""Several requests on one connection, with their progress."""

import asyncio

from ima_nano_banana import AsyncClient

PROMPTS = ["a cat on a boat", "a robot with a balloon", "a castle in the snow"]


async def main() -> None:
    """Make three pictures at the same time; one that fails does not hold up the others."""
    async with AsyncClient(sandbox=True) as ima:
        runs = [
            ima.generate(
                prompt, size="512px", output_dir="pictures", on_event=lambda event, name=prompt: print(name, event)
            )
            for prompt in PROMPTS
        ]
        for prompt, made in zip(PROMPTS, await asyncio.gather(*runs, return_exceptions=True), strict=True):
            print(prompt, "->", made if isinstance(made, BaseException) else made.files[0])


if __name__ == "__main__":
    asyncio.run(main())
