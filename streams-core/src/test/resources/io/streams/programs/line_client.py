import asyncio
import sys


async def ask(reader, writer, question):
    writer.write(question.encode() + b"\n")
    await writer.drain()
    answer = await asyncio.wait_for(reader.readline(), 5)
    if not answer.endswith(b"\n"):
        raise ConnectionError("the server has gone")
    return answer.decode().rstrip()


async def main(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    number = int(await ask(reader, writer, "how many?"))
    await ask(reader, writer, f"{number + 1}, please")
    writer.close()
    await writer.wait_closed()


asyncio.run(main(int(sys.argv[1])))
