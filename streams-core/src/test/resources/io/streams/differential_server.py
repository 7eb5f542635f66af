"""The asyncio side of DifferentialTests: does what commands in the stream say, and tells how it went.

Prints its port and serves until its standard input ends.
"""

import asyncio
import sys

LIMIT = 64

endings = {}


class AskedFor(Exception):
    pass


def ending_of(script):
    return endings.setdefault(script, asyncio.get_running_loop().create_future())


async def reply(writer, text):
    writer.write(text.encode() + b"\n")
    await writer.drain()


async def read(reader, writer, command, arguments):
    separators = tuple(bytes.fromhex(argument) for argument in arguments) if command == "U" else ()
    separator = separators[0] if len(separators) == 1 else separators
    try:
        if command == "L":
            data = await reader.readline()
        elif command == "X":
            data = await reader.readexactly(int(arguments[0]))
        elif command == "R":
            data = await reader.read(int(arguments[0]))
        else:
            data = await reader.readuntil(separator)
    except ValueError:
        return "E value"
    except asyncio.IncompleteReadError as e:
        return f"E incomplete {e.partial.hex()} {e.expected}"
    except asyncio.LimitOverrunError as e:
        found = "found" if "is found" in str(e) else "missing"
        await reply(writer, f"E overrun {found} {e.consumed}")
        await reader.readexactly(e.consumed)
        data = await reader.readuntil(separator)
    return "= " + data.hex()


async def obey(reader, writer):
    while True:
        line = await reader.readline()
        command, *arguments = line.decode().split() or ["C"]
        if command == "C":
            writer.close()
            await writer.wait_closed()
            return
        if command == "Q":
            return
        if command == "!":
            raise AskedFor
        if command == "E":
            writer.write_eof()
        elif command == "T":
            await reply(writer, f"T {reader.at_eof()} {writer.is_closing()} {writer.can_write_eof()}")
        elif command == "W":
            writer.write(b"w" * int(arguments[0]))
            writer.writelines([b"x", b"y", b"\n"])
            await writer.drain()
        else:
            await reply(writer, "r")
            await reply(writer, await read(reader, writer, command, arguments))


async def converse(reader, writer, script):
    try:
        await obey(reader, writer)
        ending = "returned"
    except ConnectionError:
        ending = "reset"
    except RuntimeError:
        ending = "misuse"
    except AskedFor:
        ending_of(script).set_result("raised")
        raise
    ending_of(script).set_result(ending)


async def serve_client(reader, writer):
    kind, *script = (await reader.readline()).decode().split() or ["none"]
    if kind == "I":
        await converse(reader, writer, script[0])
    elif kind == "G":
        await reply(writer, await ending_of(script[0]))
    while kind == "P":
        await reply(writer, "p")
        kind = (await reader.readline()).decode().strip()


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: None)
    server = await asyncio.start_server(serve_client, "127.0.0.1", 0, limit=LIMIT)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
