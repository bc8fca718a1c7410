"""Each HTTP request to the service, built; each answer, deciphered. Pure: bytes in, values out."""
