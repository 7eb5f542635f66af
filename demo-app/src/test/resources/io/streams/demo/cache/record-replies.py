"""Asks a real Redis what it answers, and writes the answers into a file of requests.

    python3 record-replies.py redis-replies.txt HOST PORT

A line of the file is one of

    > words     a request of words between spaces or in single quotes, with escapes; all share one connection
    >> bytes    what a connection of its own sends, with escapes
    < bytes     what Redis answers, with escapes; this script writes these
    # text      a comment
"""
import codecs
import shlex
import socket
import sys


def unescape(text):
    return codecs.escape_decode(text.encode("latin-1"))[0]


def escape(data):
    special = {0x5C: "\\\\", 0x0D: "\\r", 0x0A: "\\n"}
    return "".join(special.get(b) or (chr(b) if 32 <= b < 127 else f"\\x{b:02x}") for b in data)


def array(words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)


def words(text):
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split, lexer.escape, lexer.quotes, lexer.commenters = True, "", "'", ""
    return [unescape(word) for word in lexer]


def reply(stream):
    line = stream.readline()
    if line[:1] == b"$" and line != b"$-1\r\n":
        return line + stream.read(int(line[1:]) + 2)
    if line[:1] == b"*":
        return line + b"".join(reply(stream) for _ in range(max(0, int(line[1:]))))
    return line


def alone(address, data):
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(data)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


def main(path, host, port):
    address = (host, int(port))
    with open(path) as file:
        requests = [line.rstrip("\n") for line in file if not line.startswith("<")]
    shared = socket.create_connection(address)
    stream = shared.makefile("rb")
    recorded = []
    for request in requests:
        recorded.append(request)
        if request.startswith(">> "):
            recorded.append("< " + escape(alone(address, unescape(request[3:]))))
        elif request.startswith("> "):
            shared.sendall(array(words(request[2:])))
            recorded.append("< " + escape(reply(stream)))
    with open(path, "w") as file:
        file.writelines(line + "\n" for line in recorded)


if __name__ == "__main__":
    main(*sys.argv[1:])
