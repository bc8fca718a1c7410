"""A request that is submitted, watched and fetched later."""

from ima_nano_banana import Client


def main() -> None:
    """Submit two requests, watch the first, and fetch both."""
    with Client(sandbox=True, size="512px", output_dir="pictures") as ima:
        fox, whale = ima.submit("a red fox"), ima.submit("a blue whale")
        for event in fox.events():
            print(fox.status, type(event).__name__)
        for handle in (fox, whale):
            print(handle.result().files[0], handle.task_id)


if __name__ == "__main__":
    main()
