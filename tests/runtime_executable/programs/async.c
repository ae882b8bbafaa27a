/* GG_RT_OPT_ASYNC: main publishes (argument "publish"), waits inside a call ("invoke"), sleeps ("sleep"), handles SIGTERM
 * itself ("own"), or ends at once ("end"). */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "greengrasssdk.h"

static volatile sig_atomic_t terminated;

static void on_sigterm(int signal_number) { terminated = signal_number; }

static void handler(const gg_lambda_context *context) {
    (void)context;
    gg_lambda_handler_write_response("handled", 7);
}

static int publish_until_it_fails(gg_request request) {
    gg_request_result result;
    gg_error error;
    do {
        error = gg_publish(request, "tick", "x", 1, &result);
        usleep(1000);
    } while (error == GGE_SUCCESS);
    printf("gg_publish returned %d\n", error);
    return 60 + error;
}

static int invoke(gg_request request) {
    gg_request_result result;
    gg_invoke_options options;
    gg_error error;
    memset(&options, 0, sizeof options);
    options.function_arn = "arn:aws:lambda:us-west-2:123456789012:function:slow:1";
    options.type = GG_INVOKE_REQUEST_RESPONSE;
    error = gg_invoke(request, &options, &result);
    printf("gg_invoke returned %d\n", error);
    return 60 + error;
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "sleep";
    gg_request request = NULL;
    if (gg_global_init(0) || gg_runtime_start(handler, GG_RT_OPT_ASYNC) || gg_request_init(&request)) return 1;
    if (strcmp(what, "publish") == 0) return publish_until_it_fails(request);
    if (strcmp(what, "invoke") == 0) return invoke(request);
    if (strcmp(what, "end") == 0) return 5;
    if (strcmp(what, "own") == 0) {
        sigset_t mask, none;
        sigemptyset(&none);
        sigemptyset(&mask);
        sigaddset(&mask, SIGTERM);
        sigprocmask(SIG_BLOCK, &mask, NULL);
        signal(SIGTERM, on_sigterm);
        printf("ready\n");
        while (!terminated) sigsuspend(&none);
        return 66;
    }
    printf("ready\n");
    for (;;) sleep(1000);
}
