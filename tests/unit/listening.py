"""A port that hears whether anybody asks for something."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A port that takes every connection and notes what was asked."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def take() -> None:
            while not ended.is_set():
                try:
                    visitor, _address = server.accept()
                except TimeoutError:
                    continue
                with visitor:
                    visitor.settimeout(1)
                    heard.append(visitor.recv(1000))
                    visitor.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")

        taking = threading.Thread(target=take)
        taking.start()
        try:
            yield server.getsockname()[1], heard
        finally:
            ended.set()
            taking.join()
