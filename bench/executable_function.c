/* The function of executable_worker.py: answers each event with the same bytes. An event "publish N" publishes N times and
 * answers with the microseconds that each took. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "greengrasssdk.h"

static double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int publish(int count, char *answer) {
    char payload[128] = "";
    gg_request request = NULL;
    gg_request_result result;
    int i;
    const double begin = now_us();
    gg_request_init(&request);
    for (i = 0; i < count; ++i) gg_publish(request, "bench/topic", payload, sizeof payload, &result);
    gg_request_close(request);
    return sprintf(answer, "%.2f", (now_us() - begin) / count);
}

static void handler(const gg_lambda_context *context) {
    char event[4096];
    size_t size = 0;
    int count = 0;
    (void)context;
    gg_lambda_handler_read(event, sizeof event - 1, &size);
    event[size] = '\0';
    if (sscanf(event, "publish %d", &count) == 1) size = (size_t)publish(count, event);
    gg_lambda_handler_write_response(event, size);
}

int main(void) { return gg_global_init(0) || gg_runtime_start(handler, 0); }
