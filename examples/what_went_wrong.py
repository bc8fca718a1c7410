"""What to do after each kind of failure. The simulated service rehearses one of each."""

from ima_nano_banana import Client, DownloadFault, Fault, PartialFault, TimeoutFault, UncertainFault

SCENES = ["no-credits", "lost-create", "slow", "partial", "download-404", "list-down"]


def attempt(scene: str) -> str:
    """Make two pictures while the service plays ``scene``, and say how it ended."""
    with Client(sandbox=True, scenes=[scene]) as ima:
        try:
            made = ima.generate(f"a fox, {scene}", size="512px", count=2, timeout=30, output_dir="pictures")
        except UncertainFault:
            return "perhaps paid: look at the account before paying again"
        except (TimeoutFault, DownloadFault) as fault:
            return f"paid: ima.resume({fault.task_id!r}) fetches it for nothing"
        except PartialFault as fault:
            return f"some were made: {len(fault.result.files) if fault.result else 0} of 2"
        except Fault as fault:
            return f"{fault.message} (charged: {fault.charged}). {fault.suggestion}"
        return f"made: {len(made.files)}"


def main() -> None:
    """Go through the scenes."""
    for scene in SCENES:
        print(f"{scene:14}", attempt(scene))


if __name__ == "__main__":
    main()
