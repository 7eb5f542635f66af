/*
 * A load generator that has nothing in common with ours but the protocol: lines of 64
 * bytes, sent back. One thread, epoll, level-triggered.
 *
 *   cc -O2 -o echo_load echo_load.c
 *   ./echo_load PORT CONNECTIONS IN_FLIGHT WARM_UP_SECONDS SECONDS SERVER_PID
 *
 * Every line is sent anew when its echo has come. Connections are replaced ten times
 * while the server warms up. Prints the messages a second, the processor time of the
 * server for each (/proc/PID/stat), and the median and the 99th percentile of the round
 * trips.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINE 64
#define MAX_IN_FLIGHT 64
#define MAX_CONNECTIONS 20000
#define EVENTS 512
#define RENEWALS 10
/* Round trips are counted by 10 microseconds, up to a second. */
#define BUCKET_NANOS 10000
#define BUCKETS 100000

struct connection {
	int fd;
	uint32_t received;             /* bytes of the line that is under way */
	uint32_t oldest;               /* which of the lines under way comes next */
	int64_t sent_at[MAX_IN_FLIGHT];
};

static struct connection connections[MAX_CONNECTIONS];
static char lines[LINE * MAX_IN_FLIGHT];
static char input[LINE * MAX_IN_FLIGHT];
static uint32_t histogram[BUCKETS];
static int64_t answered;
static int in_flight;
static int poller;
static struct sockaddr_in server;

static void die(const char *what) {
	perror(what);
	exit(1);
}

static int64_t now(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int64_t cpu_nanos(int pid) {
	char path[64];
	unsigned long user = 0, system = 0;
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *file = fopen(path, "r");
	if (!file || fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) {
		die(path);
	}
	fclose(file);
	return (int64_t) (user + system) * (1000000000LL / sysconf(_SC_CLK_TCK));
}

static void send_lines(struct connection *connection, int count, int64_t time) {
	/* What is under way is less than a send buffer: all of it is taken. */
	if (write(connection->fd, lines, (size_t) count * LINE) != (ssize_t) count * LINE) {
		die("write");
	}
	for (int i = 0; i < count; i++) {
		/* Answered lines are the oldest ones; their places are taken by the new ones. */
		connection->sent_at[(connection->oldest + in_flight - count + i) % in_flight] = time;
	}
}

static void open_connection(struct connection *connection) {
	int one = 1;
	connection->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *) &server, sizeof server) < 0) {
		die("connect");
	}
	setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	connection->received = 0;
	connection->oldest = 0;
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };
	if (epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd, &event) < 0) {
		die("epoll_ctl");
	}
	send_lines(connection, in_flight, now());
}

static void renew(struct connection *connection) {
	struct linger none = { 1, 0 };
	setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	close(connection->fd);
	open_connection(connection);
}

static void ready(struct connection *connection) {
	ssize_t n = recv(connection->fd, input, sizeof input, MSG_DONTWAIT);
	if (n <= 0) {
		if (n < 0 && errno == EAGAIN) {
			return;
		}
		die("recv");
	}
	int64_t time = now();
	connection->received += (uint32_t) n;
	int lines_answered = (int) (connection->received / LINE);
	connection->received %= LINE;
	if (input[n - 1] != lines[(connection->received + LINE - 1) % LINE]) {
		fprintf(stderr, "the server sent something else than it was sent\n");
		exit(1);
	}
	for (int i = 0; i < lines_answered; i++) {
		int64_t bucket = (time - connection->sent_at[connection->oldest]) / BUCKET_NANOS;
		histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
		connection->oldest = (connection->oldest + 1) % (uint32_t) in_flight;
	}
	answered += lines_answered;
	if (lines_answered > 0) {
		send_lines(connection, lines_answered, time);
	}
}

static void run_until(int64_t end) {
	struct epoll_event events[EVENTS];
	while (now() < end) {
		int count = epoll_wait(poller, events, EVENTS, 20);
		for (int i = 0; i < count; i++) {
			ready(events[i].data.ptr);
		}
	}
}

static double percentile(double share) {
	int64_t rest = (int64_t) ((double) answered * share);
	int bucket = 0;
	while (bucket < BUCKETS - 1 && (rest -= histogram[bucket]) > 0) {
		bucket++;
	}
	return (double) bucket * BUCKET_NANOS / 1000;
}

int main(int count, char **arguments) {
	if (count != 7) {
		fprintf(stderr, "usage: echo_load PORT CONNECTIONS IN_FLIGHT WARM_UP_SECONDS SECONDS SERVER_PID\n");
		return 2;
	}
	int open = atoi(arguments[2]);
	in_flight = atoi(arguments[3]);
	if (open < 1 || open > MAX_CONNECTIONS || in_flight < 1 || in_flight > MAX_IN_FLIGHT) {
		fprintf(stderr, "up to %d connections, up to %d lines in flight\n", MAX_CONNECTIONS, MAX_IN_FLIGHT);
		return 2;
	}
	int64_t warm_up = atoi(arguments[4]) * 1000000000LL;
	int64_t measured = atoi(arguments[5]) * 1000000000LL;
	int pid = atoi(arguments[6]);
	server.sin_family = AF_INET;
	server.sin_port = htons((uint16_t) atoi(arguments[1]));
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < LINE * MAX_IN_FLIGHT; i++) {
		lines[i] = i % LINE == LINE - 1 ? '\n' : (char) ('a' + i % LINE % 26);
	}
	poller = epoll_create1(0);
	for (int i = 0; i < open; i++) {
		open_connection(&connections[i]);
	}
	for (int i = 0; i < RENEWALS; i++) {
		run_until(now() + warm_up / 2 / RENEWALS);
		for (int j = 0; j < open; j++) {
			renew(&connections[j]);
		}
	}
	run_until(now() + warm_up / 2);
	memset(histogram, 0, sizeof histogram);
	answered = 0;
	int64_t cpu = cpu_nanos(pid);
	int64_t begin = now();
	run_until(begin + measured);
	double seconds = (double) (now() - begin) / 1e9;
	cpu = cpu_nanos(pid) - cpu;
	printf("%.0f messages/s, %.2f CPU us each, p50 %.0f us, p99 %.0f us\n", (double) answered / seconds,
			(double) cpu / 1000 / (double) answered, percentile(0.5), percentile(0.99));
	return 0;
}
