"""The same request again joins the paid task, whatever became of the program that paid for it."""

from ima_nano_banana import Client, TimeoutFault


def main() -> None:
    """Give up waiting at once, as a crash would, and run the same request again."""
    with Client(sandbox=True) as ima:
        try:
            ima.generate("a butterfly on a cup", size="512px", timeout=0.5, output_dir="pictures")
        except TimeoutFault as fault:
            print("stopped waiting for", fault.task_id)
        result = ima.generate("a butterfly on a cup", size="512px", output_dir="pictures")
        print("fetched", result.task_id, "->", result.files[0])


if __name__ == "__main__":
    main()
