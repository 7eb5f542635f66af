"""Connects to an echo server many times at once, and compares every byte with what it sent.

    python3 echo_client.py HOST PORT CONNECTIONS LINES
"""
import asyncio
import hashlib
import sys


def line(connection, number):
    return f"connection {connection} line {number} {'x' * (number * 37 % 200)}\n".encode()


async def send(writer, connection, lines):
    for number in range(lines):
        writer.write(line(connection, number))
        await writer.drain()
    writer.write_eof()


async def receive(reader):
    received, count = hashlib.sha256(), 0
    async for echoed in reader:
        received.update(echoed)
        count += 1
    return received.hexdigest(), count


async def talk(host, port, connection, lines):
    reader, writer = await asyncio.open_connection(host, port)
    sending = asyncio.create_task(send(writer, connection, lines))
    received, count = await receive(reader)
    await sending
    writer.close()
    await writer.wait_closed()
    expected = hashlib.sha256(b"".join(line(connection, number) for number in range(lines))).hexdigest()
    return received == expected and count == lines


async def main(host, port, connections, lines):
    results = await asyncio.gather(
        *(talk(host, int(port), connection, int(lines)) for connection in range(int(connections))))
    print(f"{sum(results)} of {len(results)} connections got back what they sent")
    return all(results)


if __name__ == "__main__":
    sys.exit(not asyncio.run(main(*sys.argv[1:])))
