/* The probe of the matrix in C: it does what the event says. Events and results are bytes here: "OPERATION:ARGUMENT". An event
 * that is no operation is published and, with a client context that names one, passed on to the next function. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <greengrasssdk.h>

enum { LIMIT = 256 * 1024 };
static char event[LIMIT], answer[LIMIT];
static size_t event_size;
static int count;

static size_t read_all(gg_request request, char *out, size_t room) {
    size_t size = 0, amount = 0;
    do {
        if (request) gg_request_read(request, out + size, room - 1 - size, &amount);
        else gg_lambda_handler_read(out + size, room - 1 - size, &amount);
        size += amount;
    } while (amount > 0);
    out[size] = 0;
    return size;
}

static void say(const char *kind, const char *payload, size_t size) {
    char topic[512];
    gg_request request = NULL;
    gg_request_result result;
    snprintf(topic, sizeof topic, "matrix/%s/%s", getenv("AWS_MATRIX_NAME"), kind);
    gg_request_init(&request);
    if (gg_publish(request, topic, payload, size, &result) || result.request_status) gg_log(GG_LOG_ERROR, "not published");
    gg_request_close(request);
}

/* The answer and its status go to `answer` from `at` on. */
static size_t call(gg_invoke_type type, const char *arn, const void *payload, size_t size, char *at,
                   gg_request_result *result) {
    gg_request request = NULL;
    gg_invoke_options options = {arn, NULL, NULL, type, payload, size};
    size_t amount = 0;
    gg_request_init(&request);
    if (gg_invoke(request, &options, result) == GGE_SUCCESS && type == GG_INVOKE_REQUEST_RESPONSE) {
        amount = read_all(request, at, LIMIT - 16);
    }
    gg_request_close(request);
    return amount;
}

/* "E:ARN\nPAYLOAD" or "R:...": "STATUS\nANSWER". */
static void invoke(char *order) {
    gg_request_result result = {GG_REQUEST_UNKNOWN};
    char *payload = strchr(order, '\n');
    size_t size;
    *payload++ = 0;
    size = call(order[0] == 'E' ? GG_INVOKE_EVENT : GG_INVOKE_REQUEST_RESPONSE, order + 2, payload,
                event_size - (size_t)(payload - event), answer + 2, &result);
    answer[0] = (char)('0' + result.request_status);
    answer[1] = '\n';
    gg_lambda_handler_write_response(answer, size + 2);
}

static void print(const char *mark) {
    printf("printed %s\n", mark);
    fflush(stdout);
    fprintf(stderr, "complained %s\n", mark);
    gg_log(GG_LOG_WARN, "logged %s", mark);
}

static int starts(const char *operation) { return strncmp(event, operation, strlen(operation)) == 0; }

static void pass_on(const char *context) {
    const char *next = strstr(context, "\"next\":");
    char arn[512];
    gg_request_result result = {GG_REQUEST_UNKNOWN};
    say("bytes", event, event_size);
    if (!next || sscanf(next, "\"next\": \"%511[^\"]", arn) != 1) {
        gg_lambda_handler_write_response(event, event_size);
        return;
    }
    gg_lambda_handler_write_response(answer,
                                     call(GG_INVOKE_REQUEST_RESPONSE, arn, event, event_size, answer, &result));
}

static void handler(const gg_lambda_context *context) {
    event_size = read_all(NULL, event, LIMIT);
    if (strstr(context->client_context, "\"subject\"")) {
        size_t size = (size_t)snprintf(answer, LIMIT, "%s\n%s", context->client_context, event);
        say("subject", answer, size);
    } else if (starts("echo:")) {
        gg_lambda_handler_write_response(event + 5, event_size - 5);
    } else if (starts("note:")) {
        say("note", event + 5, event_size - 5);
    } else if (starts("invoke:")) {
        invoke(event + 7);
    } else if (starts("count:")) {
        gg_lambda_handler_write_response(answer, (size_t)sprintf(answer, "%d", ++count));
    } else if (starts("raise:")) {
        gg_lambda_handler_write_error(event + 6);
    } else if (starts("hang:")) {
        sleep(1000);
    } else if (starts("exit:")) {
        _exit(7);
    } else if (starts("print:")) {
        print(event + 6);
    } else {
        pass_on(context->client_context);
    }
}

int main(void) { return gg_global_init(0) || gg_runtime_start(handler, 0) != GGE_TERMINATE; }
