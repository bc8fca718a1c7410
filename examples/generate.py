"""One picture, its price first."""

from ima_nano_banana import Client


def main() -> None:
    """Ask what it costs, then make it for no more than that."""
    with Client(sandbox=True) as ima:
        quote = ima.quote("a lighthouse in a storm", size="2K")
        print(f"{quote.credit} points for {quote.size}, {quote.aspect_ratio}")
        result = ima.generate("a lighthouse in a storm", size="2K", max_credits=quote.credit, output_dir="pictures")
        print(result.files[0], f"{result.width}x{result.height}, {result.credit} points")


if __name__ == "__main__":
    main()
