/* The function of executable_worker.py: answers each event with the same bytes. An event "publish N" publishes N times and
 * "bare N" exchanges BARE_BYTES with the core's socket as often; the answer is the microseconds that each took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "greengrasssdk.h"

static double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void publish(int count) {
    char payload[128] = "";
    gg_request request = NULL;
    gg_request_result result;
    gg_request_init(&request);
    while (count-- > 0) gg_publish(request, "plant/1/status", payload, sizeof payload, &result);
    gg_request_close(request);
}

static void exchange(int count) {
    static char request[BARE_BYTES], answer[65536];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int peer = socket(AF_UNIX, SOCK_STREAM, 0);
    strncpy(address.sun_path, getenv("IPC_SOCK_FILE"), sizeof address.sun_path - 1);
    if (connect(peer, (struct sockaddr *)&address, sizeof address) != 0) abort();
    while (count-- > 0) {
        if (send(peer, request, sizeof request, 0) < 0 || recv(peer, answer, sizeof answer, 0) <= 0) abort();
    }
    close(peer);
}

static void handler(const gg_lambda_context *context) {
    char event[4096];
    size_t size = 0;
    int count = 0;
    const double begin = now_us();
    (void)context;
    gg_lambda_handler_read(event, sizeof event - 1, &size);
    event[size] = '\0';
    if (sscanf(event, "publish %d", &count) == 1) publish(count);
    else if (sscanf(event, "bare %d", &count) == 1) exchange(count);
    if (count > 0) size = (size_t)sprintf(event, "%.2f", (now_us() - begin) / count);
    gg_lambda_handler_write_response(event, size);
}

int main(void) { return gg_global_init(0) || gg_runtime_start(handler, 0); }
