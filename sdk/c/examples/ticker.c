/* Publishes to "ticks" each second, and beside that counts the events it gets. For the long-lived lifecycle (Pinned). */
#include <stdio.h>
#include <unistd.h>

#include <greengrasssdk.h>

static volatile int events; /* handlers run one at a time, on one thread; main only reads */

static void handler(const gg_lambda_context *context) {
    (void)context;
    ++events;
}

/* GGE_SUCCESS, or why the ticker must end. That the message was not taken is no reason. */
static gg_error tick(gg_request request) {
    char message[60];
    gg_request_result result;
    const int size = sprintf(message, "{\"events\": %d}", events);
    const gg_error error = gg_publish(request, "ticks", message, (size_t)size, &result);
    if (error == GGE_SUCCESS && result.request_status != GG_REQUEST_SUCCESS)
        gg_log(GG_LOG_WARN, "a tick was not taken: status %d", (int)result.request_status);
    return error;
}

int main(void) {
    gg_request request = NULL;
    if (gg_global_init(0) != GGE_SUCCESS || gg_request_init(&request) != GGE_SUCCESS) return 1;
    if (gg_runtime_start(handler, GG_RT_OPT_ASYNC) != GGE_SUCCESS) return 1;
    while (tick(request) == GGE_SUCCESS) sleep(1); /* after SIGTERM the next tick returns GGE_TERMINATE */
    gg_log(GG_LOG_INFO, "no more ticks");
    gg_request_close(request);
    return 0;
}
