#!/usr/bin/env python3
"""Two servers, both up and warm, under load by turns: what changes on the machine
meanwhile, over seconds or over hours, hits both alike, and a ratio of neighbours is worth
more than one of figures that were taken minutes apart.

  pairs.py LOAD CONNECTIONS IN_FLIGHT TURNS COMMAND COMMAND

LOAD is the program that echo_load.c makes. Each COMMAND starts a server that prints
"port N" and ends with its input; servers run on core 0, the load on core 1:

  pairs.py ./echo_load 64 1 10 "java ... ServerMain STREAMS_EPOLL ECHO" "java ... ServerMain NETTY_EPOLL ECHO"

Prints for each server the medians of the messages a second, of the processor time for
each and of the round trips' percentiles, and the medians of the first one's ratios.
"""
import re
import shlex
import statistics
import subprocess
import sys

WARM_UP_SECONDS = 15
SETTLE_SECONDS = 1
SECONDS = 2
NAMES = ("messages/s", "CPU us each", "p50 us", "p99 us")


class Server:

    def __init__(self, command):
        self.process = subprocess.Popen(["taskset", "-c", "0", *shlex.split(command)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = re.search(r"port (\d+)", self.process.stdout.readline()).group(1)
        self.turns = []

    def measure(self, load, connections, in_flight, warm_up):
        command = ["taskset", "-c", "1", load, self.port, connections, in_flight, str(warm_up), str(SECONDS),
                   str(self.process.pid)]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        figures = re.fullmatch(r"(\S+) messages/s, (\S+) CPU us each, p50 (\S+) us, p99 (\S+) us\s*", output)
        return [float(figure) for figure in figures.groups()]

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)


def medians(rows):
    return "  ".join(f"{name} {statistics.median(column):.3f}" for name, column in zip(NAMES, zip(*rows)))


def main():
    load, connections, in_flight, turns, *commands = sys.argv[1:]
    servers = [Server(command) for command in commands]
    for server in servers:
        server.measure(load, connections, in_flight, WARM_UP_SECONDS)
    for turn in range(int(turns)):
        for server in servers if turn % 2 == 0 else reversed(servers):
            server.turns.append(server.measure(load, connections, in_flight, SETTLE_SECONDS))
    for server, command in zip(servers, commands):
        server.stop()
        print(f"{medians(server.turns)}  {command[-60:]}")
    first, second = (server.turns for server in servers)
    print("ratios: " + medians([[a / b for a, b in zip(*pair)] for pair in zip(first, second)]))


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    main()
