"""A picture made from another."""

from ima_nano_banana import Client


def main() -> None:
    """Make a photo, then turn it into an oil painting."""
    with Client(sandbox=True) as ima:
        photo = ima.generate("a red car in front of a house", size="512px", output_dir="pictures")
        painting = ima.edit("turn into oil painting", photo, size="1K", output_dir="pictures")
        print(photo.files[0], "->", painting.files[0])


if __name__ == "__main__":
    main()
